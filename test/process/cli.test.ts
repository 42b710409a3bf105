import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import {
  killServerProcesses,
  runShelfmark,
  type ServerProcess,
  startServerProcess,
} from "../support/process/server-process.js";

const CREATE = `mutation Create($model: String!) {
  createModelVersion(input: { model: { name: $model }, createModel: true, source: "s3://b/x" }) { modelVersion { number } }
}`;

let home: Home;
let server: ServerProcess;
let folder: string;
/** The environment on the machine of the server: its data folder and its address. */
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-cli-"));
  writeFileSync(join(folder, "create.graphql"), CREATE);
  home = await makeHome("migrated");
  expect(await runShelfmark(["migrate", "--check"], home.env)).toMatchObject({
    code: 0,
    out: "The database is up to date.\n",
    err: "",
  });
  server = await startServerProcess(home.env);
  env = { SHELFMARK_DATA: home.folder, SHELFMARK_URL: server.url };
});
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
  rmSync(folder, { recursive: true, force: true });
});

function create(model: string, more: Readonly<Record<string, string>> = {}) {
  return runShelfmark(["query", "-f", join(folder, "create.graphql"), "-v", `model=${model}`], { ...env, ...more });
}

test("query prints data on stdout, and a refusal on stderr with an exit code", async () => {
  const created = await create("fraud-eu");
  expect(created).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(created.out)).toEqual({ createModelVersion: { modelVersion: { number: 1 } } });

  const refused = await runShelfmark(
    ["query", "-e", 'mutation { registerModel(input: { name: "fraud-eu" }) { created } }'],
    env,
  );
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(/^ALREADY_EXISTS registerModel: [^\n]+\n$/);
});

test("a token for some models can read and write only those", async () => {
  expect(await create("churn")).toMatchObject({ code: 0 });
  const options = ["--subject", "ci", "--scope", "models:read", "models:write", "--models", "fraud-*"];
  const minted = await runShelfmark(["token", ...options], env);
  expect(minted).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^eyJ[\w.-]+\n$/) });
  const narrow = { SHELFMARK_TOKEN: minted.out.trim(), SHELFMARK_DATA: folder };
  const list = await runShelfmark(
    [
      "query",
      "-e",
      '{ viewer { actor { subject } } models { totalCount nodes { name } } model(name: "churn") { id } }',
    ],
    { ...env, ...narrow },
  );
  expect(JSON.parse(list.out)).toEqual({
    viewer: { actor: { subject: "ci" } },
    models: { totalCount: 1, nodes: [{ name: "fraud-eu" }] },
    model: null,
  });
  expect(await create("churn", narrow)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/^[A-Z_]+ createModelVersion: /),
  });
  const wide = await server.data('{ model(name: "churn") { versions { totalCount } } }');
  expect(wide.model.versions.totalCount).toBe(1);
});

test("a server that does not answer is reported in one sentence", async () => {
  const { code, out, err } = await runShelfmark(["query", "-e", "{ head { revision } }"], {
    SHELFMARK_DATA: folder,
    SHELFMARK_URL: "http://127.0.0.1:2",
  });
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toBe(
    "shelfmark: No server listens at http://127.0.0.1:2; is the server running, and is SHELFMARK_URL right?\n",
  );
});

test("migrate --check lists pending migrations, exits with 1 and creates nothing", async () => {
  const fresh = await makeHome("fresh");
  try {
    const check = await runShelfmark(["migrate", "--check"], fresh.env);
    expect(check).toMatchObject({ code: 1, out: expect.stringMatching(/^(pending: \d{14}_\w+\n)+$/), err: "" });
    expect(existsSync(fresh.folder)).toBe(false);
    expect(await runShelfmark(["migrate", "--check"], fresh.env)).toMatchObject({ code: 1, out: check.out });
  } finally {
    await fresh.remove();
  }
});

test("schema prints schema.graphql", async () => {
  const { code, out } = await runShelfmark(["schema"]);
  expect(code).toBe(0);
  expect(out).toBe(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
});
