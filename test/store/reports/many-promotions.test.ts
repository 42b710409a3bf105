import { afterAll, beforeAll, expect, test } from "vitest";
import { localAuditor } from "../../../src/cli/report/auditor.js";
import { walkReport } from "../../../src/store/reports/walk-report.js";
import { fillPromotions } from "../../support/database/many-promotions.js";
import { recordStatements, sumRowsRead } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

const MODELS = 300;
const PROMOTIONS = 20_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await fillPromotions(server.database.pool, { models: MODELS, promotions: PROMOTIONS });
});
afterAll(() => server.stop());

/** The lines of a page, and how many rows its statements read. */
async function read(args: string, as?: As): Promise<{ lines: number; rows: number }> {
  const document = `{ promotionReport(${args}) { nodes { revision modelName versionNumber notes metrics { key } next { revision } } } }`;
  const { result, statements } = await recordStatements(() => server.data(document, {}, as));
  return {
    lines: result.promotionReport.nodes.length,
    rows: await sumRowsRead(server.database.pool, statements),
  };
}

/** About ten rows of other tables for each line, and one promotion of each model where models are merged. */
const PAGE_ROWS = 1_000;

test.each<[name: string, args: string, lines: number, as?: As]>([
  ["the first page", "first: 50", 50],
  ["the last page", "last: 50", 50],
  ["a page in the middle", `first: 50, from: "2024-01-08T00:00:00Z"`, 50],
  ["a short range", `first: 50, from: "2024-01-08T00:00:00Z", to: "2024-01-08T00:10:00Z"`, 10],
  ["a range before everything", `first: 50, to: "2023-01-01T00:00:00Z"`, 0],
  ["a model with two promotions at the ends", `first: 50, where: { models: ["rare"] }`, 2],
  ["a stage", "first: 50, where: { stages: [STAGING] }", 50],
  ["an alias that was set once", `first: 50, where: { aliases: ["rare-alias"] }`, 1],
  ["overrides", "first: 10, where: { overridden: true }", 10],
  ["rollbacks, of which there are none", "first: 50, where: { heldBefore: true }", 0],
  ["a token of one model", "first: 50", 2, { models: ["rare"] }],
])("%s reads few rows", async (_name, args, lines, as) => {
  const read_ = await read(args, as);
  expect(read_.lines).toBe(lines);
  expect(read_.rows).toBeLessThan(PAGE_ROWS);
});

test.each([
  // of each of 13 models a page, which are merged
  ["a dozen models", ["m-29*", "m-30*"], 13 * 51],
  // too many to merge: of the promotions on the way every third is of one of them
  ["more than a hundred models", ["m-1*"], 3 * 51],
])("a page of %s reads their names and little more", async (_name, models, promotions) => {
  const { lines, rows } = await read(`first: 50, where: { models: ${JSON.stringify(models)} }`);
  expect(lines).toBe(50);
  // names now and then, by the statement that finds the models and by the one that reads the page
  expect(rows).toBeLessThan(PAGE_ROWS + promotions + 2 * 2 * (MODELS + 1));
});

test("a walk shows every promotion once, in order", async () => {
  let [count, last] = [0, 0n];
  for await (const { revision, proof } of walkReport(server.database.prisma, localAuditor(), {}, 10_000n)) {
    expect(revision).toBe(last + 1n);
    expect(proof.state).toBe("COMPACTED");
    last = revision;
    count++;
  }
  expect(count).toBe(10_000);
});
