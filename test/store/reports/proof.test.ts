import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toAuditKey } from "../../../src/auth/audit-key.js";
import { localAuditor } from "../../../src/cli/report/auditor.js";
import type { ReportedPromotion } from "../../../src/domain/reports/reported-promotion.js";
import { exportLog } from "../../../src/store/audit/audit-export.js";
import { compactLog } from "../../../src/store/audit/compaction.js";
import { readHead } from "../../../src/store/events/event-log.js";
import { walkReport } from "../../../src/store/reports/walk-report.js";
import { useSmallHistory } from "../../graphql/reports/small-history.js";

const history = useSmallHistory();
const database = () => history.commands.server.database;

beforeAll(() => history.write());

async function report() {
  const { prisma } = database();
  const { revision } = await readHead(prisma);
  const lines: ReportedPromotion[] = [];
  for await (const line of walkReport(prisma, localAuditor(), {}, revision)) lines.push(line);
  return lines;
}

test("revision and hash of each line are those that the export has, from which the chain is verified", async () => {
  const exported = new Map<number, { hash: string; body: string }>();
  await exportLog(database().pool, {}, async (line) => {
    const { revision, hash, body } = JSON.parse(line);
    exported.set(revision, { hash, body: body ?? "{}" });
  });
  for (const line of await report()) {
    const { hash, body = "" } = exported.get(Number(line.revision)) ?? {};
    expect(line.proof).toEqual({ state: "LOG", hash });
    const event = JSON.parse(body);
    expect(event.after.decision?.rules ?? null).toEqual(line.decision?.rules ?? null);
    expect([event.at, event.after.reason ?? null]).toEqual([line.at.toISOString(), line.reason]);
  }
});

describe("a line that says something else than its event is reported:", () => {
  test.each([
    ["PromotionDecision", `"rules" = "rules" #- '{0}'`, `"overrideReason" IS NOT NULL`],
    ["PromotionDecision", `"overrideReason" = 'Approved by the board'`, `"overrideReason" IS NOT NULL`],
    ["PromotionDecision", `"policies" = '[]'`, `"overrideReason" IS NOT NULL`],
    ["StageTransition", `"reason" = 'Better'`, `"to" = 'PRODUCTION' AND "reason" = 'First release'`],
    ["StageTransition", `"actorSubject" = 'eve'`, `"to" = 'PRODUCTION' AND "reason" = 'First release'`],
    ["AliasTransition", `"reason" = NULL`, `"reason" = 'The best'`],
    ["Promotion", `"hash" = sha256("hash")`, `"stage" = 'STAGING'`],
    ["Promotion", `"modelName" = 'harmless'`, `"stage" = 'STAGING'`],
    ["Promotion", `"at" = "at" - interval '1 year'`, `"stage" = 'STAGING'`],
  ])("%s with %s", async (table, set, where) => {
    const { pool } = database();
    const run = async (sql: string) => {
      await pool.query(`ALTER TABLE "${table}" DISABLE TRIGGER USER`);
      await pool.query(sql);
      await pool.query(`ALTER TABLE "${table}" ENABLE TRIGGER USER`);
    };
    await pool.query(`CREATE TABLE "kept" AS SELECT * FROM "${table}" WHERE ${where}`);
    await run(`UPDATE "${table}" SET ${set} WHERE ${where}`);
    const states = (await report()).map(({ proof }) => proof.state);
    await run(`DELETE FROM "${table}" WHERE "revision" IN (SELECT "revision" FROM "kept")`);
    await run(`INSERT INTO "${table}" SELECT * FROM "kept"`);
    await pool.query(`DROP TABLE "kept"`);
    expect(states.filter((state) => state === "DIFFERS")).toEqual(["DIFFERS"]);
    expect((await report()).map(({ proof }) => proof.state)).toEqual(states.map(() => "LOG"));
  });
});

test("the migration derives from tables that exist before it what the trigger writes", async () => {
  const { pool } = database();
  const sql = readFileSync("prisma/migrations/20261130160000_promotion_report/migration.sql", "utf8");
  const [statement = ""] = /INSERT INTO "Promotion" [^;]*;/.exec(sql) ?? [];
  await pool.query(`CREATE TABLE "Derived" (LIKE "Promotion")`);
  await pool.query(statement.replace(`INSERT INTO "Promotion"`, `INSERT INTO "Derived"`));
  const rows = async (table: string) => (await pool.query(`SELECT * FROM "${table}" ORDER BY "revision"`)).rows;
  const derived = await rows("Derived");
  expect(derived).toHaveLength(7);
  expect(derived).toEqual(await rows("Promotion"));
});

test("after a compaction a line says where its proof is, and keeps all that it said", async () => {
  const before = await report();
  const { prisma, pool } = database();
  const key = toAuditKey(
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    "the test",
  );
  const file = join(await mkdtemp(join(tmpdir(), "report-")), "checkpoints.jsonl");
  await compactLog({ prisma, pool }, { before: before[4]?.at ?? new Date(), key, file });
  const after = await report();
  const kept = ({ proof: _proof, notes: _notes, ...line }: (typeof after)[number]) => line;
  expect(after.map(kept)).toEqual(before.map(kept));
  expect(after.map(({ proof }) => proof.hash)).toEqual(before.map(({ proof }) => proof.hash));
  expect(after.map(({ proof }) => proof.state)).toEqual([...Array(4).fill("COMPACTED"), ...Array(3).fill("LOG")]);
  expect(after[1]?.notes).toEqual([
    `Compacted: the proof is the archived segment that holds revision ${after[1]?.revision}.`,
  ]);
});

test("an event that is gone without a compaction is reported", async () => {
  const { pool } = database();
  const last = (await report()).at(-1);
  await pool.query(`ALTER TABLE "Event" DISABLE TRIGGER USER`);
  await pool.query(`DELETE FROM "Event" WHERE "revision" = $1`, [String(last?.revision)]);
  expect((await report()).at(-1)).toMatchObject({
    proof: { state: "DIFFERS", hash: last?.proof.hash },
    notes: expect.arrayContaining([expect.stringMatching(/^This line differs from event \d+ of the log/)]),
  });
});
