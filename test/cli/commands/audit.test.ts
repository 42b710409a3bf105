import { createHash, generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../support/command-fixture.js";
import { type Home, makeHome } from "../../support/home.js";
import { killServerProcesses, spawnShelfmark, startServerProcess } from "../../support/server-process.js";

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
});
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

test("a key of the configuration is the one that counts, and none is made beside it", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const own = join(home.folder, "configured");
  const configured = { LOG_LEVEL: "silent", SHELFMARK_DATA: own, SHELFMARK_AUDIT_KEY: pem.replaceAll("\n", "\\n") };
  const { out } = await runCommand(["audit", "key"], configured);
  expect(out).toBe(publicKey.export({ type: "spki", format: "pem" }));
  expect(existsSync(own)).toBe(false);
  const verified = await runCommand(["audit", "verify"], { ...env, SHELFMARK_AUDIT_KEY: pem });
  expect(verified).toMatchObject({
    code: 0,
    out: expect.stringContaining("no checkpoint bears witness of it"),
    err: expect.stringMatching(/^shelfmark: Checkpoints of the key [0-9a-f]{16} were not looked at/),
  });
});

test("an export is held against the checkpoints that are given, and forged ones are told in a sentence", async () => {
  const folder = mkdtempSync(join(home.folder, "forged-"));
  const [path, key] = [join(folder, "log.jsonl"), join(folder, "key.pub")];
  const checkpoints = join(env.SHELFMARK_DATA ?? "", "checkpoints.jsonl");
  writeFileSync(key, (await runCommand(["audit", "key"], env)).out);
  const log = (await runCommand(["audit", "export"], env)).out;
  const verify = async (text: string, ...more: string[]) => {
    writeFileSync(path, text);
    const { code, out, err } = await runCommand(["audit", "verify", "--file", path, ...more], { LOG_LEVEL: "silent" });
    return `${code} ${(out + err)
      .replaceAll(path, "FILE")
      .replace(/[0-9a-f]{64}/, "HASH")
      .replace(/\d{4}-[\dT:.-]+Z/, "TIME")
      .trim()}`;
  };
  const [header = "", ...rest] = log.split("\n");
  const forged = rehash(header, rest, "a", "z");
  const told = [
    await verify(log, "--key", key, "--checkpoints", checkpoints),
    await verify([header, ...rest.slice(0, 2)].join("\n"), "--key", key, "--checkpoints", checkpoints),
    await verify(forged),
    await verify(forged, "--key", key, "--checkpoints", checkpoints),
    await verify([header.replace(/"hash":"../, '"hash":"zz'), ...rest].join("\n")),
    await verify(`${header}\nnot json\n`),
    await verify(`${header}\n{}\n`),
    await verify('{"format":"shelfmark-log-v1"}\n'),
    await verify(log, "--to", "2"),
    await verify(log, "--key", key),
  ];
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "0 Revisions 1 to 3 are whole, signed up to revision 3: HASH
    0 Revisions 1 to 2 are whole: HASH
    shelfmark: Revision 3 was signed too, and the file ends before it: it is a part, or was cut off.
    0 Revisions 1 to 3 are whole: HASH
    1 Revision 3 is not what was signed on TIME: the log up to here was rewritten.
    1 Revision 1 does not follow from the id of its log: what the export begins with was altered.
    1 shelfmark: A line is no JSON object: not json
    1 shelfmark: A line is no event: {}
    1 shelfmark: FILE is no export of a log.
    2 shelfmark: --file walks the whole export; leave --from and --to out, or give them to audit export.
    2 shelfmark: --key is what --checkpoints are checked by; with --file, give both or neither."
  `);
  rmSync(path);
  expect((await runCommand(["audit", "verify", "--file", path], env)).err).toMatch(/cannot be read \(ENOENT\)\.\n$/);
  rmSync(folder, { recursive: true });
});

/** What somebody does who has an export, but not the key: other bodies, with hashes that follow. */
function rehash(header: string, lines: readonly string[], from: string, to: string): string {
  let { hash } = JSON.parse(header) as { hash: string };
  const events = lines.filter(Boolean).map((line) => {
    const event = JSON.parse(line) as { revision: number; body: string };
    const body = event.body.replace(`"name":"${from}"`, `"name":"${to}"`);
    hash = createHash("sha256").update(Buffer.from(hash, "hex")).update(body).digest("hex");
    return JSON.stringify({ ...event, hash, body });
  });
  return [header, ...events].join("\n");
}

test("events compact keeps what is younger, takes out what is older, and verify holds its leave", async () => {
  const compact = (keep: string) => spawnShelfmark(["events", "compact", "--keep", keep], env).ended;
  expect(await compact("30d")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^0 events before [\dT:.-]+Z left the log; it holds all 3 of its revisions\.\n$/),
  });
  expect(await compact("1s")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^3 events before [\dT:.-]+Z left the log; it holds none any more\.\n$/),
  });
  expect(await runCommand(["audit", "verify"], env)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^There is no event to walk, signed up to revision 3: /),
  });
});

test("what cannot be done is one sentence, and makes nothing", async () => {
  const nowhere = join(home.folder, "nowhere");
  const told = [];
  for (const line of [
    ["verify"],
    ["export"],
    ["verify", "--checkpoints", "kept.jsonl"],
    ["verify", "--from", "3", "--to", "2"],
  ]) {
    const { code, out, err } = await runCommand(["audit", ...line], { SHELFMARK_DATA: nowhere, LOG_LEVEL: "silent" });
    told.push(`${code} ${out}${err.replaceAll(nowhere, "DATA").trim()}`);
  }
  for (const line of [
    ["export", "--from", "50"],
    ["export", "--out", "/nowhere/log.jsonl"],
  ]) {
    const { code, out, err } = await runCommand(["audit", ...line], env);
    told.push(`${code} ${out}${err.trim()}`);
  }
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "1 shelfmark: There is no database in DATA/database; set SHELFMARK_DATA to a server's data folder.
    1 shelfmark: There is no database in DATA/database; set SHELFMARK_DATA to a server's data folder.
    1 shelfmark: There is no key to check the checkpoints by; give --key.
    2 shelfmark: --from 3 is after --to 2.
    1 shelfmark: Revision 50 is beyond the head, which is 3.
    1 shelfmark: The file /nowhere/log.jsonl cannot be written (ENOENT)."
  `);
  expect(existsSync(nowhere)).toBe(false);
});

test("a key file that others may read is refused", async () => {
  const file = join(env.SHELFMARK_DATA ?? "", "audit-key.pem");
  chmodSync(file, 0o644);
  const { code, err } = await runCommand(["audit", "verify"], env);
  chmodSync(file, 0o600);
  expect([code, err]).toEqual([1, expect.stringMatching(/is open to others \(mode 0644\).* Run: chmod 600 /)]);
});
