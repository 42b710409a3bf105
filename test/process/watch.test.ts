import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import {
  type CommandProcess,
  killServerProcesses,
  type ServerProcess,
  spawnShelfmark,
  startServerProcess,
} from "../support/process/server-process.js";

let folder: string;
let home: Home;
let env: Record<string, string>;
let server: ServerProcess;
let files = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-watch-"));
  home = await makeHome("migrated");
  const port = String(await freePort());
  env = { ...home.env, PORT: port, SHELFMARK_URL: `http://127.0.0.1:${port}/graphql` };
  server = await startServerProcess(env);
});
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const watching: CommandProcess[] = [];
afterEach(async () => {
  await Promise.all(watching.splice(0).map((each) => each.kill("SIGKILL")));
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const fresh = (name: string) => join(folder, `${name}-${files++}`);
const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);

function watch(args: readonly string[], more: Record<string, string> = {}): CommandProcess {
  const watcher = spawnShelfmark(["watch", ...args], { ...env, ...more });
  watching.push(watcher);
  return watcher;
}

const version = (model: string, number: number) => ({ number: { model, number } });
async function create(model: string): Promise<void> {
  await server.data(
    `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { id } } }`,
    { input: { model: { name: model }, createModel: true, source: "s3://b/x" } },
  );
}
async function move(model: string, number: number, to = "PRODUCTION"): Promise<void> {
  await server.data(
    `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }`,
    { input: { version: version(model, number), to, archiveExisting: to === "PRODUCTION" } },
  );
}
const deployed = async (environment: string) =>
  (
    await server.data(
      `query ($name: String!) { deployments(where: {environment: {equals: $name}}) { nodes { endpoint state drifted running { modelVersion { number } } } } }`,
      { name: environment },
    )
  ).deployments.nodes;
const logged = (watcher: CommandProcess, text: string) => expect.poll(() => watcher.err()).toContain(text);
const acted = (file: string) => expect.poll(() => [...new Set(linesOf(file))], { interval: 50 });

const NOTE = `echo "$SHELFMARK_MODEL v$SHELFMARK_VERSION $SHELFMARK_FROM-$SHELFMARK_TO"`;

describe("one run for each change", () => {
  test("no change is missed through kills of the server, of the watcher and of both", async () => {
    const [out, cursor] = [fresh("acted"), fresh("cursor")];
    const args = ["--model", "edge", "--to", "PRODUCTION", "--exec", `${NOTE} >> ${out}`, "--cursor-file", cursor];
    const expected: string[] = [];
    const promote = async (number: number) => {
      await create("edge");
      await move("edge", number);
      expected.push(`edge v${number} NONE-PRODUCTION`);
    };
    let watcher = watch(args);
    await logged(watcher, "storing the cursor");
    await expect.poll(() => existsSync(cursor)).toBe(true);
    await promote(1);
    await acted(out).toEqual(expected);

    await server.kill("SIGKILL");
    server = await startServerProcess(env);
    await promote(2);
    await acted(out).toEqual(expected);

    await watcher.kill("SIGKILL");
    await promote(3);
    watcher = watch(args);
    await acted(out).toEqual(expected);

    await Promise.all([watcher.kill("SIGKILL"), server.kill("SIGKILL")]);
    server = await startServerProcess(env);
    await promote(4);
    watcher = watch(args);
    await acted(out).toEqual(expected);
    expect(await watcher.kill("SIGTERM")).toMatchObject({ code: 0 });
  });

  test("two watchers cannot share a cursor file: each would skip the changes that the other handled", async () => {
    const cursor = fresh("cursor");
    const args = ["--model", "shared", "--exec", "true", "--cursor-file", cursor];
    const first = watch(args);
    await expect.poll(() => existsSync(cursor)).toBe(true);
    const second = await watch(args).ended;
    const owner = `is used by another watcher, process ${first.pid} on `;
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining(owner) });
    await first.kill("SIGKILL");
    await logged(watch(args), "from the cursor in");
  });

  test("a failing command is retried, stops the watch or is skipped, and the cursor is kept accordingly", async () => {
    const [out, cursor, gate] = [fresh("acted"), fresh("cursor"), fresh("gate")];
    await create("fails");
    const { head } = await server.data("{ head { cursor } }");
    writeFileSync(cursor, JSON.stringify({ cursor: head.cursor }));
    await move("fails", 1);
    const args = ["--model", "fails", "--cursor-file", cursor, "--exec", `test -e ${gate} && ${NOTE} >> ${out}`];
    const stopped = await watch([...args, "--on-failure", "stop"]).ended;
    expect(stopped).toMatchObject({ code: 1, err: expect.stringContaining("The command ended with exit code 1") });
    expect(linesOf(out)).toEqual([]);
    const retrying = watch([...args, "--once"]);
    await logged(retrying, "Next attempt in");
    writeFileSync(gate, "");
    expect(await retrying.ended).toMatchObject({ code: 0 });
    expect(linesOf(out)).toEqual(["fails v1 NONE-PRODUCTION"]);
    rmSync(gate);
    await move("fails", 1, "STAGING");
    await move("fails", 1, "ARCHIVED");
    expect(await watch([...args, "--on-failure", "skip", "--once"]).ended).toMatchObject({
      code: 0,
      err: expect.stringContaining("Skipped."),
    });
    writeFileSync(gate, "");
    expect(await watch([...args, "--once"]).ended).toMatchObject({ code: 0 });
    expect(linesOf(out)).toEqual(["fails v1 NONE-PRODUCTION", "fails v1 STAGING-ARCHIVED"]);
  });

  test("the outcome is reported for an environment, which requires one stage or alias to follow", async () => {
    const [cursor, gate] = [fresh("cursor"), fresh("gate")];
    for (const number of [1, 2]) {
      await create("reported");
      if (number === 1) await move("reported", 1);
    }
    const args = ["--model", "reported", "--exec", `test -e ${gate}`, "--report", "edge", "--cursor-file", cursor];
    const sentence = "--report needs one --to or one --alias";
    expect(await watch(args).ended).toMatchObject({ code: 2, err: expect.stringContaining(sentence) });
    watch([...args, "--to", "PRODUCTION"]);
    await expect.poll(() => existsSync(cursor)).toBe(true);
    await move("reported", 2);
    const about = { endpoint: "reported", drifted: true };
    await expect.poll(() => deployed("edge")).toEqual([{ ...about, state: "FAILED", running: [] }]);
    writeFileSync(gate, "");
    const running = [{ modelVersion: { number: 2 } }];
    await expect.poll(() => deployed("edge")).toEqual([{ ...about, state: "RUNNING", drifted: false, running }]);
  });

  test("a command that is interrupted by the stop of the watcher is not skipped", async () => {
    const [cursor, begun, gate] = [fresh("cursor"), fresh("begun"), fresh("gate")];
    await create("cut");
    const { head } = await server.data("{ head { cursor } }");
    writeFileSync(cursor, JSON.stringify({ cursor: head.cursor }));
    await move("cut", 1);
    const exec = `touch ${begun}; until [ -e ${gate} ]; do sleep 0.05; done; exit 1`;
    const args = ["--model", "cut", "--cursor-file", cursor, "--exec", exec, "--on-failure", "skip"];
    const watcher = watch(args);
    await expect.poll(() => existsSync(begun)).toBe(true);
    const stopped = watcher.kill("SIGTERM");
    writeFileSync(gate, "");
    expect(await stopped).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(cursor, "utf8"))).toEqual({ cursor: head.cursor });
  });

  test("names are neither options nor shell text, and the command receives the event on standard input", async () => {
    const [out, mark] = [fresh("acted"), fresh("mark")];
    const name = `x; touch ${mark.replaceAll("/", "_")} $(touch mark) \`touch mark\``;
    const { head } = await server.data("{ head { at } }");
    await create(name);
    await move(name, 1);
    const cursor = fresh("cursor");
    const args = ["--model", "x;*", "--since", head.at, "--exec", `cat >> ${out}`, "--json", "--once"];
    const { out: printed } = await watch([...args, "--cursor-file", cursor]).ended;
    const [event] = linesOf(out).map((line) => JSON.parse(line));
    expect(event).toMatchObject({ kind: "STAGE", modelName: name, versionNumber: 1, from: "NONE", to: "PRODUCTION" });
    expect(JSON.parse(printed)).toEqual(event);
    expect(JSON.parse(readFileSync(cursor, "utf8"))).toEqual({ cursor: event.cursor });
  });

  test("tokens that live for seconds are renewed at each connection", async () => {
    const [out, main] = [fresh("acted"), join(process.cwd(), "dist", "main.js")];
    const command = `${process.execPath} ${main} token --subject short --scope models:read --ttl 2s`;
    const args = ["--model", "short", "--exec", `${NOTE} >> ${out}`, "--cursor-file", fresh("cursor")];
    const watcher = watch([...args, "--token-command", command]);
    await logged(watcher, "The token has expired");
    await create("short");
    await move("short", 1);
    await acted(out).toEqual(["short v1 NONE-PRODUCTION"]);
  });

  test("a token file is read at each connection", async () => {
    const [out, file] = [fresh("acted"), fresh("token")];
    const renew = async (ttl: string) =>
      writeFileSync(
        file,
        (await spawnShelfmark(["token", "--subject", "file", "--scope", "models:read", "--ttl", ttl], env).ended).out,
      );
    await renew("2s");
    const args = ["--model", "file", "--exec", `${NOTE} >> ${out}`, "--cursor-file", fresh("cursor")];
    const watcher = watch([...args, "--token-file", file]);
    await logged(watcher, "The token has expired");
    await renew("1h");
    await create("file");
    await move("file", 1);
    await acted(out).toEqual(["file v1 NONE-PRODUCTION"]);
  });

  test("a cursor of another log is refused", async () => {
    const cursor = fresh("cursor");
    const foreign = Buffer.from(`00000000-0000-4000-8000-000000000000.1.${"0".repeat(16)}`).toString("base64url");
    writeFileSync(cursor, JSON.stringify({ cursor: foreign }));
    expect(await watch(["--exec", "true", "--cursor-file", cursor]).ended).toMatchObject({
      code: 1,
      err: expect.stringContaining("HISTORY_DIVERGED"),
    });
  });
});

describe("reconcile", () => {
  test("runs for the current holders, then follows them, and a rollback overtakes a failing deployment", async () => {
    const out = fresh("acted");
    for (const model of ["level-a", "level-b"]) {
      await create(model);
      await move(model, 1);
      await create(model);
    }
    const exec = `[ "$SHELFMARK_VERSION" = 1 ] || [ $SHELFMARK_MODEL = level-b ] && echo "$SHELFMARK_MODEL v$SHELFMARK_VERSION $SHELFMARK_SOURCE" >> ${out}`;
    const args = ["--reconcile", "--model", "level-*", "--stage", "PRODUCTION", "--exec", exec, "--report", "prod"];
    const watcher = watch(args);
    await expect.poll(() => linesOf(out).sort()).toEqual(["level-a v1 s3://b/x", "level-b v1 s3://b/x"]);
    await move("level-a", 2);
    await logged(watcher, "level-a v2: The command ended with exit code 1.");
    await move("level-b", 2);
    await expect.poll(() => linesOf(out).at(-1)).toBe("level-b v2 s3://b/x");
    await move("level-a", 1);
    await expect.poll(() => linesOf(out).at(-1)).toBe("level-a v1 s3://b/x");
    await expect
      .poll(() => deployed("prod"))
      .toEqual([
        { endpoint: "level-a", state: "RUNNING", drifted: false, running: [{ modelVersion: { number: 1 } }] },
        { endpoint: "level-b", state: "RUNNING", drifted: false, running: [{ modelVersion: { number: 2 } }] },
      ]);
    expect(await watcher.kill("SIGTERM")).toMatchObject({ code: 0 });
  });

  test("follows an alias, and does not run when it is removed", async () => {
    const out = fresh("acted");
    const setAlias = (number: number) =>
      server.data(`mutation ($input: SetAliasInput!) { setAlias(input: $input) { alias { name } } }`, {
        input: { model: { name: "aliased" }, alias: "champion", number },
      });
    await create("aliased");
    await create("aliased");
    await setAlias(1);
    const watcher = watch([
      "--reconcile",
      "--alias",
      "champion",
      "--exec",
      `echo $SHELFMARK_ALIAS $SHELFMARK_VERSION >> ${out}`,
    ]);
    await acted(out).toEqual(["champion 1"]);
    await server.data(
      `mutation { deleteAlias(input: {model: {name: "aliased"}, alias: "champion"}) { previous { id } } }`,
    );
    await logged(watcher, "No version of aliased is at champion any more");
    await setAlias(2);
    await acted(out).toEqual(["champion 1", "champion 2"]);
  });

  test.each([
    [["--reconcile", "--exec", "true"], "--reconcile needs one --stage or one --alias."],
    [["--reconcile", "--stage", "PROD", "--exec", "true"], '--stage is "PROD"; it must be one of NONE'],
    [
      ["--reconcile", "--stage", "PRODUCTION", "--since", "now", "--exec", "true"],
      "--since cannot be used with --reconcile.",
    ],
    [["--to", "PRODUCTION"], "watch needs --exec or --json."],
    [["--exec", "true", "--on-failure", "panic"], '--on-failure is "panic"'],
    [["--exec", "true", "--token", "a", "--token-file", "b"], "Give only one of --token"],
  ])("watch %j is not a valid command line", async (args, sentence) => {
    expect(await watch(args).ended).toMatchObject({ code: 2, err: expect.stringContaining(sentence) });
  });
});
