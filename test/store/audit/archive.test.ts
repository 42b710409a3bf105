import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { toAuditTrust } from "../../../src/auth/audit-key.js";
import type { SignedCheckpoint } from "../../../src/domain/events/checkpoint.js";
import { describeArchiveFault } from "../../../src/store/audit/archive-fault.js";
import { verifyArchive, verifyJoin } from "../../../src/store/audit/archive-verify.js";
import { exportLog } from "../../../src/store/audit/audit-export.js";
import type { TrustedKey } from "../../../src/store/audit/checkpoint-check.js";
import { toCheckpointLine } from "../../../src/store/audit/checkpoints.js";
import { newAuditKey, rehashFrom, useAuditLog } from "./audit-log.js";

const [FIRST, SECOND, THIRD] = ["0001", "0006", "0008"].map((digits) => `events-000000000000${digits}.jsonl`) as [
  string,
  string,
  string,
];

const log = useAuditLog();
let archive: string;
beforeEach(() => {
  archive = mkdtempSync(join(log.folder, "archive-"));
});

const compact = (count: number) => log.compact(count, { archive });
const read = (file: string) => readFileSync(join(archive, file), "utf8");
const write = (file: string, text: string) => writeFileSync(join(archive, file), text);
const move = (from: string, to: string) => renameSync(join(archive, from), join(archive, to));
const countEvents = () => log.database.prisma.event.count();

interface Trusting {
  readonly trust?: TrustedKey | null;
  readonly kept?: readonly SignedCheckpoint[];
}
const verify = ({ trust = toAuditTrust(log.key.publicPem, "the test"), kept = [] }: Trusting = {}) =>
  verifyArchive(archive, { trust, kept });
/** The sentence about the fault; null for a whole archive. */
async function sentence(more: Trusting = {}): Promise<string | null> {
  const { fault } = await verify(more);
  return (
    fault &&
    describeArchiveFault(fault)
      .replace(/\d{4}-[\dT:.-]+Z/, "TIME")
      .replace(/[0-9a-f-]{36}/g, "ID")
  );
}

async function expectWhole(to: bigint): Promise<void> {
  const { range, ...verified } = await verify();
  expect(verified).toMatchObject({ fault: null, walked: { from: 1n, to }, signed: to, foreign: [], drafts: [] });
  if (!range) expect.unreachable();
  await verifyJoin(log.database.pool, range, archive);
  expect((await log.verify()).fault).toBeNull();
}

describe("an archive", () => {
  test("has the events as an export has them, in segments that follow from each other", async () => {
    const exported: string[] = [];
    await exportLog(log.database.pool, {}, async (line) => void exported.push(line));
    expect(await compact(2)).toMatchObject({ gone: 5, archived: { path: join(archive, FIRST), from: 1n, to: 5n } });
    expect(await compact(2)).toMatchObject({ gone: 0, archived: null });
    expect(await compact(3)).toMatchObject({ gone: 2, archived: { path: join(archive, SECOND), from: 6n, to: 7n } });
    expect(await compact(5)).toMatchObject({ gone: 3, archived: { from: 8n, to: 10n } });
    expect(await countEvents()).toBe(0);
    expect(readdirSync(archive)).toEqual([FIRST, SECOND, THIRD]);
    const events = [FIRST, SECOND, THIRD].flatMap((file) => read(file).trimEnd().split("\n").slice(1, -1));
    expect(events).toEqual(exported.slice(1));
    await expectWhole(10n);
  });

  test("begins with the first event that is left, if there was a compaction without it", async () => {
    await log.compact(2);
    await compact(3);
    expect(readdirSync(archive)).toEqual([SECOND]);
    expect(await verify()).toMatchObject({ fault: null, walked: { from: 6n, to: 7n }, segments: 1 });
  });

  test("ends where a transaction ends, at what every webhook has read", async () => {
    await log.database.pool.query(`INSERT INTO "Webhook" ("id", "url", "filter", "rights", "keyId", "secret", "position",
      "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
    VALUES (gen_random_uuid(), 'https://h/', '{}', '{}', 'k', '\\x00', 4, now(), now(), 'i', 's', 'USER')`);
    expect(await compact(3)).toMatchObject({ gone: 3, archived: { from: 1n, to: 3n } });
    await log.database.pool.query(`DELETE FROM "Webhook"`);
    await expectWhole(3n);
  });

  test("is proven by a later signature where an earlier key is not trusted", async () => {
    const earlier = newAuditKey();
    await log.compact(2, { archive, key: earlier });
    expect(await sentence()).toBe(
      `${FIRST}: Revision 5 is signed with the key ${earlier.keyId}, and not with the key ${log.key.keyId}.`,
    );
    await log.compact(3, { archive, acceptEarlier: true });
    expect(await verify()).toMatchObject({ fault: null, signed: 7n, foreign: [earlier.keyId] });
  });

  test("without a key is whole, and no signature of it counts", async () => {
    await compact(2);
    expect(await verify({ trust: null })).toMatchObject({ fault: null, signed: null, foreign: [log.key.keyId] });
  });

  test("is compared with checkpoints that were kept elsewhere, also for segments that are missing", async () => {
    await compact(2);
    const kept: SignedCheckpoint[] = [];
    const sign = (revision: bigint, hash: string) =>
      kept.push(
        log.key.sign({
          purpose: "HEAD",
          logId: JSON.parse(read(FIRST).split("\n")[0] ?? "").logId,
          revision,
          hash,
          at: new Date(),
        }),
      );
    sign(9n, "00".repeat(32));
    expect(await verify({ kept })).toMatchObject({ fault: null, beyond: 9n });
    sign(4n, "00".repeat(32));
    expect(await sentence({ kept })).toBe(
      `${FIRST}: Revision 4 is not what was signed on TIME: the log up to here was rewritten.`,
    );
  });
});

describe("a change of an archive is found, with its file and revision:", () => {
  beforeEach(async () => {
    for (const count of [2, 3, 5]) await compact(count);
  });
  const lines = (file: string, change: (all: string[]) => string[]) => {
    write(file, `${change(read(file).trimEnd().split("\n")).join("\n")}\n`);
  };

  test.each<[string, () => void, string]>([
    [
      "a changed body",
      () => write(SECOND, read(SECOND).replace("s3://b/2", "s3://b/X")),
      `${SECOND}: Revision 6 was altered, or the one before it was: its hash does not match its body and the previous hash.`,
    ],
    ["a removed line", () => lines(FIRST, (all) => all.toSpliced(3, 1)), `${FIRST}: Revision 3 was removed.`],
    [
      "a removed last event",
      () => lines(SECOND, (all) => all.toSpliced(-2, 1)),
      `${SECOND}: Revisions 7 to 7 were cut off before the checkpoint.`,
    ],
    [
      "a line twice",
      () => lines(FIRST, (all) => all.toSpliced(3, 0, all[3] ?? "")),
      `${FIRST}: Revision 4 is not in its place: revision 3 is there.`,
    ],
    [
      "a removed segment",
      () => rmSync(join(archive, SECOND)),
      `${THIRD}: Revisions 6 to 7 are missing before this segment.`,
    ],
    [
      "swapped segments",
      () => {
        move(FIRST, "x");
        move(SECOND, FIRST);
        move("x", SECOND);
      },
      `${FIRST}: Revision 6 is where the file begins, but its name says 1.`,
    ],
    [
      "a copy of a segment",
      () => write("events-0000000000000011.jsonl", read(THIRD)),
      "events-0000000000000011.jsonl: Revision 8 is where the file begins, but its name says 11.",
    ],
    [
      "a segment that begins in the one before",
      () => {
        write("events-0000000000000005.jsonl", read(SECOND).replace('"revision":5', '"revision":4'));
        rmSync(join(archive, SECOND));
      },
      "events-0000000000000005.jsonl: Revision 5 is in the segment before, too.",
    ],
    [
      "a segment of another log",
      () => write(SECOND, read(SECOND).replace(/"logId":"[^"]+"/, '"logId":"other"')),
      `${SECOND}: Revision 6 is of the log other, and the segments before of ID.`,
    ],
    [
      "a segment that continues from another hash",
      () => write(SECOND, read(SECOND).replace(/"hash":"../, '"hash":"xx')),
      `${SECOND}: Revision 6 does not follow from revision 5 of the segment before.`,
    ],
    [
      "a first segment that begins with another hash",
      () => write(FIRST, read(FIRST).replace(/"hash":"../, '"hash":"xx')),
      `${FIRST}: Revision 1 does not follow from the id of its log: what the file begins with was altered.`,
    ],
    [
      "a file that was cut off in a line",
      () => write(SECOND, read(SECOND).slice(0, 700)),
      `${SECOND}: Revision 6 was altered: its line is not what a compaction writes.`,
    ],
    [
      "a file that was cut off between lines",
      () => lines(SECOND, (all) => all.slice(0, 2)),
      `${SECOND}: Revision 7 may be missing: the file does not end with a checkpoint and was cut off.`,
    ],
    [
      "a file without its last newline",
      () => write(THIRD, read(THIRD).trimEnd()),
      `${THIRD}: Revision 11 was altered: its line is not what a compaction writes.`,
    ],
    [
      "a line after the checkpoint",
      () => write(THIRD, `${read(THIRD)}\n`),
      `${THIRD}: Revision 11 is after the checkpoint, with which a segment ends.`,
    ],
    ["an empty file", () => write(SECOND, ""), `${SECOND}: This file is not a segment of an archive.`],
    ["an extra file", () => write("notes.txt", ""), "notes.txt: This file does not belong to the archive."],
    ["an extra folder", () => mkdirSync(join(archive, "old")), "old: This file does not belong to the archive."],
    [
      "a checkpoint of another revision",
      () => lines(SECOND, (all) => [...all.slice(0, -1), read(THIRD).trimEnd().split("\n").at(-1) ?? ""]),
      `${SECOND}: Revisions 8 to 10 were cut off before the checkpoint.`,
    ],
    [
      "a forged signature",
      () => write(SECOND, read(SECOND).replace(/"signature":"...../, '"signature":"AAAAA')),
      `${SECOND}: Revision 7 has a checkpoint whose signature is not valid.`,
    ],
    [
      "a signed head in place of a signed compaction",
      () => {
        const { logId, hash, at } = JSON.parse(read(SECOND).trimEnd().split("\n").at(-1) ?? "");
        const head = { purpose: "HEAD" as const, logId, revision: 7n, hash, at: new Date(at) };
        lines(SECOND, (all) => [...all.slice(0, -1), toCheckpointLine(log.key.sign(head))]);
      },
      `${SECOND}: Revision 7 has a checkpoint that is not of this segment.`,
    ],
  ])("%s", async (_name, change, expected) => {
    change();
    expect(await sentence()).toBe(expected);
  });

  test("any changed byte", async () => {
    for (const file of [FIRST, SECOND, THIRD]) {
      const bytes = readFileSync(join(archive, file));
      for (let at = 0; at < bytes.length; at += 5) {
        const changed = Buffer.from(bytes);
        changed[at] = (bytes[at] ?? 0) ^ (at % 2 === 0 ? 0x20 : 0x01);
        writeFileSync(join(archive, file), changed);
        const { fault, foreign } = await verify();
        // a checkpoint that names another key is reported, and is no fault where a later one proves the same
        expect(fault !== null || foreign.length > 0, `byte ${at} of ${file}`).toBe(true);
      }
      writeFileSync(join(archive, file), bytes);
    }
    expect(await sentence()).toBeNull();
  });

  test("a chain that was computed anew, without the key", async () => {
    const key = newAuditKey();
    await log.reset();
    rmSync(archive, { recursive: true });
    await log.tamper(
      `UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`,
      rehashFrom(4),
    );
    await log.compact(2, { archive, key });
    expect(await sentence({ trust: key })).toBeNull();
    expect(await sentence()).toMatch(/is signed with the key/);
    const { keyId } = toAuditTrust(log.key.publicPem, "the test");
    write(FIRST, read(FIRST).replace(key.keyId, keyId));
    expect(await sentence()).toBe(`${FIRST}: Revision 5 has a checkpoint whose signature is not valid.`);
  });
});

describe("a compaction that was interrupted is finished by the next one", () => {
  test.each([
    ["the same", 3, 7n, [FIRST]],
    ["a later one", 4, 9n, [FIRST, THIRD]],
    ["an earlier one", 2, 7n, [FIRST]],
  ])("before it removed what it had archived, by %s", async (_name, count, to, files) => {
    await compact(3);
    await log.reset();
    const before = read(FIRST);
    await compact(count);
    expect(read(FIRST)).toBe(before);
    expect(readdirSync(archive)).toEqual(files);
    await expectWhole(to);
  });

  test("while it wrote its segment", async () => {
    const draft = `${FIRST}.draft-0a0b0c`;
    write(draft, "half a li");
    expect(await compact(2)).toMatchObject({ gone: 5 });
    write(draft, "half a li");
    expect((await verify()).drafts).toEqual([draft]);
    await compact(3);
    await expectWhole(7n);
  });

  test("but not when the archive was damaged since", async () => {
    await compact(3);
    await log.reset();
    write(FIRST, read(FIRST).replace("s3://b/1", "s3://b/X"));
    await expect(compact(3)).rejects.toThrow(
      /has a fault, so nothing is added to it\. events-\d+1\.jsonl: Revision 4 was/,
    );
    expect(await countEvents()).toBe(10);
  });
});

describe("nothing is signed and nothing leaves the log for an archive", () => {
  const setBack = (to: number) => [
    `UPDATE "EventHead" SET ("revision", "hash", "at") = (SELECT "revision", "hash", "at" FROM "Event" WHERE revision = ${to})`,
    `DELETE FROM "Event" WHERE "revision" > ${to}`,
  ];
  test.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    [
      "of another log",
      async () => {
        await compact(2);
        await log.tamper(`UPDATE "EventHead" SET "logId" = gen_random_uuid()`);
      },
      /does not join this log: it is of the log \S+, and this is the log \S+\.$/,
    ],
    [
      "with a gap before the log",
      async () => {
        await compact(2);
        await log.compact(3);
      },
      /it ends at revision 5, and revisions 6 to 7 left the log without it\.$/,
    ],
    [
      "that is ahead of a restored log",
      async () => {
        await compact(5);
        await log.reset();
        await log.tamper(...setBack(9));
      },
      /it ends at revision 10, and the log at 9, as if it had been restored\.$/,
    ],
    [
      "with other events than the log",
      async () => {
        await compact(2);
        await log.reset();
        await log.tamper(
          `UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`,
          rehashFrom(4),
        );
      },
      /revision 5 is another event in the log than in the archive\.$/,
    ],
    [
      "that begins after the log",
      async () => {
        await log.compact(2);
        await compact(3);
        await log.reset();
      },
      /it begins at revision 6, and the log holds revisions from 1\.$/,
    ],
    [
      "with a gap",
      async () => {
        for (const count of [2, 3, 4]) await compact(count);
        rmSync(join(archive, SECOND));
      },
      /has a fault, so nothing is added to it\. events-\d+8\.jsonl: Revisions 6 to 7 are missing before this segment\.$/,
    ],
    [
      "with a forged signature",
      async () => {
        await compact(2);
        write(FIRST, read(FIRST).replace(/"signature":"...../, '"signature":"AAAAA'));
      },
      /Revision 5 has a checkpoint whose signature is not valid\.$/,
    ],
    [
      "with a file that was cut off",
      async () => {
        await compact(2);
        write(FIRST, read(FIRST).slice(0, -9));
      },
      /events-\d+1\.jsonl: Revision 1 may be missing: the file does not end with a checkpoint and was cut off\.$/,
    ],
    ["with a file of others", () => write("notes.txt", ""), /notes\.txt: This file does not belong to the archive\.$/],
    [
      "that is a file",
      () => {
        rmSync(archive, { recursive: true });
        writeFileSync(archive, "");
      },
      /^The archive \S+ cannot be read \(ENOTDIR\)\.$/,
    ],
    [
      "below a folder that does not exist",
      () => {
        archive = join(archive, "not", "there");
      },
      /^The archive \S+ cannot be made \(ENOENT\)\.$/,
    ],
  ])("%s", async (_name, prepare, message) => {
    await prepare();
    const [events, kept] = [await countEvents(), readFileSync(log.file, "utf8")];
    await expect(compact(9)).rejects.toMatchObject({ name: "ArchiveError", message: expect.stringMatching(message) });
    expect(await countEvents()).toBe(events);
    expect(readFileSync(log.file, "utf8")).toBe(kept);
  });

  test("that another compaction wrote to at the same time", async () => {
    const outcomes = await Promise.allSettled([2, 3, 4, 2].map(compact));
    const refused = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refused.length).toBeLessThan(outcomes.length);
    for (const error of refused) expect(error).toMatchObject({ name: "ArchiveError" });
    const { range } = await verify();
    if (!range) expect.unreachable();
    await verifyJoin(log.database.pool, range, archive);
    expect((await log.verify()).fault).toBeNull();
  });
});
