import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import {
  killServerProcesses,
  runShelfmark,
  spawnShelfmark,
  startServerProcess,
} from "../support/process/server-process.js";

const MODELS = 30;
const EVENTS = MODELS * 12;
const aliases = Array.from({ length: 10 }, (_, index) => `"a${index}"`).join(", ");

let home: Home;
let archive: string;
let env: Record<string, string>;
beforeAll(async () => {
  home = await makeHome("migrated");
  archive = join(dirname(home.folder), "archive");
  env = { ...home.env, LOG_LEVEL: "silent" };
  const server = await startServerProcess(home.env);
  for (let index = 0; index < MODELS; index++) {
    await server.data(`mutation { createModelVersion(input: {
      model: { name: "m${index}" }, createModel: true, source: "s3://b/x", aliases: [${aliases}]
    }) { modelVersion { id } } }`);
  }
  await server.kill("SIGTERM");
  await sleep(1_100);
});
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
});

const names = () => (existsSync(archive) ? readdirSync(archive) : []);
const compact = () => spawnShelfmark(["events", "compact", "--keep", "1s", "--archive", archive], env);
const verify = (...more: string[]) => runShelfmark(["audit", "verify", "--file", archive, ...more], env);

/** Kills a compaction as soon as a file with such a name is in the archive; returns whether it was killed in time. */
async function killWhen(name: RegExp): Promise<boolean> {
  const running = compact();
  let isOver = false;
  running.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !names().some((each) => name.test(each))) await sleep(1);
  return (await running.kill("SIGKILL")).signal === "SIGKILL";
}

test("a compaction that is killed loses nothing, and the next one finishes it", async () => {
  await killWhen(/\.draft-/);
  if (names().some((name) => name.endsWith(".jsonl"))) expect(await verify("--log")).toMatchObject({ code: 0 });
  else expect(await runShelfmark(["audit", "verify"], env)).toMatchObject({ code: 0 });
  await killWhen(/\.jsonl$/);
  expect(await verify("--log")).toMatchObject({
    code: 0,
    out: expect.stringContaining(`The log continues from revision ${EVENTS} of the archive.`),
  });
  expect(await compact().ended).toMatchObject({
    code: 0,
    out: expect.stringMatching(/The log holds no revisions\.\n$/),
  });
  expect(names()).toEqual(["events-0000000000000001.jsonl"]);
  const { code, out, err } = await verify("--log");
  expect([code, err]).toEqual([0, ""]);
  expect(
    out
      .replaceAll(archive, "DIR")
      .replace(/[0-9a-f]{64}/g, "HASH")
      .replace(/\S+checkpoints/, "FOLDER/checkpoints"),
  ).toMatchInlineSnapshot(`
    "Revisions 1 to 360 are whole in 1 segment of DIR, signed up to revision 360: HASH
    The log continues from revision 360 of the archive.
    There are no events to verify, signed up to revision 360 by checkpoints in the database and in FOLDER/checkpoints.jsonl: HASH
    "
  `);
});

test("the archive is verified elsewhere with the public key, and with another key it is not", async () => {
  const [key, other] = [join(home.folder, "key.pub"), join(home.folder, "other.pub")];
  writeFileSync(key, (await runShelfmark(["audit", "key"], env)).out);
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(other, createPublicKey(pem).export({ type: "spki", format: "pem" }));
  const elsewhere = { LOG_LEVEL: "silent", SHELFMARK_DATA: join(home.folder, "nowhere") };
  const outcomes = [];
  for (const more of [["--key", key], ["--key", other], [], ["--key", key, "--from", "2"]]) {
    const { code, out, err } = await runShelfmark(["audit", "verify", "--file", archive, ...more], elsewhere);
    outcomes.push(`${code} ${out}${err}`);
  }
  const alone = await runShelfmark(["audit", "verify", "--file", join(archive, names()[0] ?? "")], elsewhere);
  const noArchive = await runShelfmark(["audit", "verify", "--log"], env);
  outcomes.push(`${alone.code} ${alone.err}`, `${noArchive.code} ${noArchive.err}`);
  expect(
    outcomes
      .join("")
      .replaceAll(archive, "DIR")
      .replace(/[0-9a-f]{64}/g, "HASH")
      .replace(/key [0-9a-f]{16}/g, "key KEY"),
  ).toMatchInlineSnapshot(`
    "0 Revisions 1 to 360 are whole in 1 segment of DIR, signed up to revision 360: HASH
    1 events-0000000000000001.jsonl: Revision 360 is signed with the key KEY, and not with the key KEY.
    0 Revisions 1 to 360 are whole in 1 segment of DIR, but no signature was verified: HASH
    shelfmark: There is no key to verify the signatures of DIR; give --key.
    2 shelfmark: --file verifies a whole export or archive; give --from and --to to audit export instead.
    1 shelfmark: DIR/events-0000000000000001.jsonl is of an archive; verify its whole folder.
    2 shelfmark: --log compares the log with an archive; name its folder with --file.
    "
  `);
});
