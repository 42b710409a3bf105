import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.js";
import { killServerProcesses, startServerProcess } from "../support/server-process.js";
import { runCommand } from "./command-fixture.js";

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await makeHome("migrated");
  env = { ...home.env, LOG_LEVEL: "silent" };
  const server = await startServerProcess(home.env);
  for (const name of ["a", "b", "c"]) {
    await server.data(`mutation { registerModel(input: {name: "${name}"}) { created } }`);
  }
  await server.kill("SIGTERM");
}, 60_000);
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
});

test("a server that stops has signed its log; verify, export and key say so", async () => {
  const whole = await runCommand(["audit", "verify"], env);
  expect(whole).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Revisions 1 to 3 are whole, signed up to revision 3: [0-9a-f]{64}\n$/),
    err: "",
  });
  const folder = mkdtempSync(join(home.folder, "export-"));
  const out = join(folder, "log.jsonl");
  expect(await runCommand(["audit", "export", "--out", out], env)).toMatchObject({
    code: 0,
    out: `3 events are in ${out}.\n`,
  });
  expect(readFileSync(out, "utf8").split("\n")).toHaveLength(5);
  const alone = await runCommand(["audit", "verify", "--file", out], env);
  expect(alone).toMatchObject({ code: 0, out: whole.out.replace(", signed up to revision 3", "") });
  const printed = await runCommand(["audit", "export", "--from", "3"], env);
  expect(printed.out.trim().split("\n")).toHaveLength(2);
  expect((await runCommand(["audit", "key"], env)).out).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(await runCommand(["audit", "verify", "--from", "0"], env)).toMatchObject({ code: 2 });
  rmSync(folder, { recursive: true });
});
