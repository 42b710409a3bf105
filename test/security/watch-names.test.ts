import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killServerProcesses, spawnShelfmark } from "../support/process/server-process.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let token: string;
const folder = mkdtempSync(join(tmpdir(), "shelfmark-names-"));
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(async () => {
  await killServerProcesses();
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Names that a shell, an option parser or a dynamic linker would interpret if they read them. */
const HOSTILE = [
  "$(touch hit)",
  "`touch hit`",
  "; touch hit",
  "x && touch hit",
  "x | tee hit",
  "x > hit",
  "' ; touch hit ; '",
  '" ; touch hit ; "',
  "$IFS$(touch$IFS\\hit)",
  "\\$(touch hit)",
  "x=1 LD_PRELOAD=hit.so",
  "() { ignored; }; touch hit",
  "%s%n%x $'\\x68'",
  "!touch hit",
  "*?[a-z]~",
];

/** Other values in the environment. */
const SOURCE = "s3://b/$(touch$IFS$9hit);&touch$IFS$9hit;'(id)";

/** Texts that are not valid names. */
const REFUSED = [
  "-rf",
  "--exec=touch hit",
  "a\ntouch hit",
  "a\r\nb",
  "a\u0000b",
  "\u001b[2J",
  "../../etc",
  "a/b",
  "\u202egnp.tih",
];

test.each(REFUSED)("%j is not a model name", async (name) => {
  const { errors } = await server.request(
    "mutation ($name: String!) { registerModel(input: {name: $name}) { created } }",
    { name },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.name" });
});

describe("names that are shell text", () => {
  const promote = (name: string) =>
    server.data(
      `mutation ($name: String!, $source: String!, $reason: String) {
        createModelVersion(input: {model: {name: $name}, createModel: true, source: $source}) { modelVersion { id } }
        transitionModelVersion(input: {version: {number: {model: $name, number: 1}}, to: PRODUCTION, reason: $reason}) { transition { id } }
      }`,
      { name, source: SOURCE, reason: "why\n$(touch hit)\n; touch hit" },
    );

  // the command is a script with both careful and careless use of the variables
  const command = () => {
    const script = join(folder, "note.sh");
    writeFileSync(
      script,
      `printf '%s\\0' "$#" "$1" "$SHELFMARK_MODEL" "$SHELFMARK_SOURCE" "$SHELFMARK_VERSION" >> "${folder}/noted"
printf '%s' "$SHELFMARK_MODEL" | cat >/dev/null
for word in $SHELFMARK_MODEL; do :; done
cat >> "${folder}/input"
`,
    );
    return `cd "${folder}" && sh ./note.sh "$SHELFMARK_MODEL"`;
  };

  test.each([
    ["for each change", ["--to", "PRODUCTION", "--since", "2026-01-01T00:00:00Z"]],
    ["for what stands", ["--reconcile", "--stage", "PRODUCTION"]],
  ])("reach the command %s unchanged, and no part of them is executed", async (_, args) => {
    for (const name of HOSTILE) {
      const { model } = await server.data("query ($name: String!) { model(name: $name) { id } }", { name });
      if (!model) await promote(name);
    }
    const isReconcile = args.includes("--reconcile");
    // a change has no source
    const expected = isReconcile ? SOURCE : "";
    const cursor = isReconcile ? [] : ["--cursor-file", join(folder, "cursor")];
    const watcher = spawnShelfmark(["watch", ...args, ...cursor, "--exec", command()], {
      SHELFMARK_URL: server.url,
      SHELFMARK_TOKEN: token,
    });
    const noted = () => (existsSync(join(folder, "noted")) ? readFileSync(join(folder, "noted"), "utf8") : "");
    await expect
      .poll(() => noted().split("\0").length - 1, { interval: 100 })
      .toBeGreaterThanOrEqual(HOSTILE.length * 5);
    const { code, err } = await watcher.kill("SIGTERM");
    expect({ code, err }).toMatchObject({ code: 0, err: expect.not.stringContaining("exit code") });
    const fields = noted().split("\0").slice(0, -1);
    const calls = Array.from({ length: fields.length / 5 }, (_, i) => fields.slice(i * 5, i * 5 + 5));
    expect(calls.map(([, name]) => name).sort()).toEqual([...HOSTILE].sort());
    for (const [count, first, model, source, version] of calls) {
      expect({ count, source, version }).toEqual({ count: "1", source: expected, version: "1" });
      expect(model).toBe(first);
    }
    const inputs = readFileSync(join(folder, "input"), "utf8").trimEnd().split("\n");
    expect(inputs.map((line) => JSON.parse(line).modelName).sort()).toEqual([...HOSTILE].sort());
    const ours = ["note.sh", "noted", "input", "cursor", "cursor.lock"];
    expect(readdirSync(folder).filter((file) => !ours.includes(file))).toEqual([]);
    for (const file of ["noted", "input"]) rmSync(join(folder, file));
  });
});
