import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toAuditKey } from "../../../src/auth/audit-key.js";
import { runCommand } from "../../support/command-fixture.js";
import { type Home, makeHome } from "../../support/process/home.js";
import { killServerProcesses, spawnShelfmark, startServerProcess } from "../../support/process/server-process.js";

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

test("a server that stops has signed its log, as verify, export and key show", async () => {
  const whole = await runCommand(["audit", "verify"], env);
  expect(whole).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^Revisions 1 to 3 are whole, signed up to revision 3 by checkpoints in the database and in \S+\.jsonl: [0-9a-f]{64}\n$/,
    ),
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
  expect(alone).toMatchObject({ code: 0, out: whole.out.replace(/, signed up [^:]*/, "") });
  const printed = await runCommand(["audit", "export", "--from", "3"], env);
  expect(printed.out.trim().split("\n")).toHaveLength(2);
  expect((await runCommand(["audit", "key"], env)).out).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(await runCommand(["audit", "verify", "--from", "0"], env)).toMatchObject({ code: 2 });
  rmSync(folder, { recursive: true });
});

test("a key of the configuration is used, and no other is made", async () => {
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
    out: expect.stringMatching(/, but no checkpoint in the database or in \S+checkpoints\.jsonl signs them: /),
    err: expect.stringMatching(
      /^shelfmark: The checkpoints of the key [0-9a-f]{16} in \S+checkpoints\.jsonl were not verified/,
    ),
  });
});

test("an export is compared with the given checkpoints, and a forged one is reported in a sentence", async () => {
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
      .replaceAll(checkpoints, "CHECKPOINTS")
      .replace(/[0-9a-f]{64}/, "HASH")
      .replace(/\d{4}-[\dT:.-]+Z/, "TIME")
      .trim()}`;
  };
  const [header = "", ...rest] = log.split("\n");
  const forged = rehash(header, rest, "a", "z");
  const outcomes = [
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
  expect(outcomes.join("\n")).toMatchInlineSnapshot(`
    "0 Revisions 1 to 3 are whole, signed up to revision 3 by checkpoints in CHECKPOINTS: HASH
    0 Revisions 1 to 2 are whole: HASH
    shelfmark: Revision 3 is signed in CHECKPOINTS, but the export ends before it: it is a part of the log, or was cut off.
    0 Revisions 1 to 3 are whole: HASH
    1 Revision 3 is not what was signed on TIME: the log up to here was rewritten.
    shelfmark: The log was compared with the checkpoints in CHECKPOINTS. If they are of another registry, name the right file with --checkpoints.
    1 Revision 1 does not follow from the id of its log: what the file begins with was altered.
    1 shelfmark: A line is not a JSON object: not json
    1 shelfmark: A line is not an event: {}
    1 shelfmark: FILE is not an export of a log.
    2 shelfmark: --file verifies a whole export or archive; give --from and --to to audit export instead.
    2 shelfmark: --key verifies --checkpoints; with --file, give both or neither."
  `);
  rmSync(path);
  expect((await runCommand(["audit", "verify", "--file", path], env)).err).toMatch(/cannot be read \(ENOENT\)\.\n$/);
  rmSync(folder, { recursive: true });
});

/** Forges an export without the key: changes bodies and computes the hashes again. */
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

test("a checkpoint file of another registry in the data folder is named in the report", async () => {
  const data = env.SHELFMARK_DATA ?? "";
  const file = join(data, "checkpoints.jsonl");
  const text = readFileSync(file, "utf8");
  const key = toAuditKey(readFileSync(join(data, "audit-key.pem"), "utf8"), "the test");
  const { keyId, signature, ...checkpoint } = JSON.parse(text.trim().split("\n").at(-1) ?? "");
  const other = { ...checkpoint, revision: 2n, logId: randomUUID(), at: new Date(checkpoint.at) };
  writeFileSync(file, `${JSON.stringify({ ...key.sign(other), revision: 2 })}\nhalf a line`);
  const { code, out, err } = await runCommand(["audit", "verify"], env);
  writeFileSync(file, text);
  expect([code, out]).toEqual([1, expect.stringMatching(/^Revision 2 is of another log/)]);
  expect(err.replaceAll(file, "FILE").split("\n")).toEqual([
    "shelfmark: Line 2 of FILE is not a checkpoint and was skipped.",
    "shelfmark: The log was compared with the checkpoints in FILE. If they are of another registry, name the right file with --checkpoints.",
    "",
  ]);
});

test("a report is written in each format, whole and for a range, and mistakes are sentences", async () => {
  const folder = mkdtempSync(join(home.folder, "report-"));
  const out = join(folder, "report.jsonl");
  const report = (...options: string[]) => runCommand(["audit", "report", ...options], env);
  const markdown = await report("--model", "a*", "--from", "2026-01-01");
  expect(markdown).toMatchObject({ code: 0, err: "" });
  expect(markdown.out).toMatch(/^# Promotion report\n.*named `a\*`.*\nEnd of the report: 0 promotions\.\n$/s);
  expect(await report("--format", "json", "--out", out)).toMatchObject({
    code: 0,
    out: `0 promotions of the report are in ${out}.\n`,
  });
  const [head, end] = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(head).toMatchObject({ format: "shelfmark-promotion-report-v1", head: { revision: 3 }, compactedRevision: 0 });
  expect(end).toEqual({ end: true, promotions: 0 });
  const csv = await report("--format", "csv");
  expect(csv.out).toMatch(/^"revision","at",[^\n]*"notes"\r\n$/);
  expect(csv.err).toMatch(/^shelfmark: Report of the log \S+ up to revision 3, hash [0-9a-f]{64}, made \S+Z\.\n$/);
  const mistakes = [
    ["--format", "pdf"],
    ["--from", "yesterday"],
    ["--from", "2026-02-02", "--to", "2026-02-02"],
    ["--stage", "LIVE"],
  ];
  const sentences = [];
  for (const mistake of mistakes) {
    const { code, out: printed, err } = await report(...mistake);
    sentences.push(`${code} ${printed}${err.trim()}`);
  }
  expect(sentences.join("\n")).toMatchInlineSnapshot(`
    "2 shelfmark: --format is "pdf"; it must be json, csv or md.
    2 shelfmark: --from is "yesterday"; it must be a day or a time, such as 2026-11-30 or 2026-11-30T08:30:00Z.
    2 shelfmark: --to must be later than --from: it is exclusive.
    2 shelfmark: --stage is "LIVE"; it must be STAGING or PRODUCTION."
  `);
  rmSync(folder, { recursive: true });
});

test("events compact keeps newer events, removes older ones, and verify accepts the signed removal", {
  timeout: 120_000,
}, async () => {
  const compact = (keep: string) => spawnShelfmark(["events", "compact", "--keep", keep], env).ended;
  expect(await compact("30d")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Removed 0 events before [\dT:.-]+Z\. The log holds all 3 revisions\.\n$/),
  });
  expect(await compact("1s")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Removed 3 events before [\dT:.-]+Z\. The log holds no revisions\.\n$/),
  });
  expect(await runCommand(["audit", "verify"], env)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^There are no events to verify, signed up to revision 3 by /),
  });
});

test("a command that cannot run prints one sentence and creates nothing", async () => {
  const nowhere = join(home.folder, "nowhere");
  const outcomes = [];
  for (const line of [
    ["verify"],
    ["export"],
    ["verify", "--checkpoints", "kept.jsonl"],
    ["verify", "--from", "3", "--to", "2"],
  ]) {
    const { code, out, err } = await runCommand(["audit", ...line], { SHELFMARK_DATA: nowhere, LOG_LEVEL: "silent" });
    outcomes.push(`${code} ${out}${err.replaceAll(nowhere, "DATA").trim()}`);
  }
  for (const line of [
    ["export", "--from", "50"],
    ["export", "--out", "/nowhere/log.jsonl"],
    ["verify", "--checkpoints", "/nowhere/checkpoints.jsonl"],
    ["verify", "--checkpoints", "/"],
  ]) {
    const { code, out, err } = await runCommand(["audit", ...line], env);
    outcomes.push(`${code} ${out}${err.trim()}`);
  }
  expect(outcomes.join("\n")).toMatchInlineSnapshot(`
    "1 shelfmark: There is no database in DATA/database; set SHELFMARK_DATA to a server's data folder.
    1 shelfmark: There is no database in DATA/database; set SHELFMARK_DATA to a server's data folder.
    1 shelfmark: There is no key to verify the checkpoints in kept.jsonl; give --key.
    2 shelfmark: --from 3 is after --to 2.
    1 shelfmark: Revision 50 is beyond the head, which is 3.
    1 shelfmark: The file /nowhere/log.jsonl cannot be written (ENOENT).
    1 shelfmark: There is no checkpoint file /nowhere/checkpoints.jsonl.
    1 shelfmark: The checkpoint file / cannot be read (EISDIR)."
  `);
  expect(existsSync(nowhere)).toBe(false);
});

test("a key file that other users may read is refused", async () => {
  const file = join(env.SHELFMARK_DATA ?? "", "audit-key.pem");
  chmodSync(file, 0o644);
  const { code, err } = await runCommand(["audit", "verify"], env);
  chmodSync(file, 0o600);
  expect([code, err]).toEqual([1, expect.stringMatching(/is open to other users \(mode 0644\)\. Run: chmod 600 /)]);
});
