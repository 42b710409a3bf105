import { beforeAll, describe, expect, test } from "vitest";
import { AUDITOR, useSmallHistory } from "./small-history.js";

const history = useSmallHistory();
const { commands } = history;

const LINE = `revision at versionNumber stage alias fromStage previousVersionNumber heldBefore reason
  actor { subject name kind issuer } modelName currentModelName model { name } digest notes proof { state hash }
  decision { isRollback overrideReason policies { name revision mode } rules { kind status explanation evidence { kind summary author { subject } } } }
  request { requestedBy { subject } reason round reviews { verdict comment reviewer { subject } round } }
  run { runId } metrics { key recorded { version previous } current { version previous } } datasets { name digest context }
  served { from until seconds } left { toStage reason actor { subject } } next { versionNumber heldBefore }`;

async function report(args = "", fields = LINE) {
  const { promotionReport } = await commands.data(`{ promotionReport${args} { nodes { ${fields} } } }`, {}, AUDITOR);
  return promotionReport.nodes;
}

const summary = async (args = "") =>
  (await report(args, "modelName versionNumber stage alias")).map(
    (line: Record<string, string>) => `${line.modelName} ${line.versionNumber} ${line.stage ?? line.alias}`,
  );

beforeAll(() => history.write());

test("lists what reached STAGING, PRODUCTION and aliases, guarded or not, the oldest first", async () => {
  expect(await summary()).toEqual([
    "fraud 1 PRODUCTION",
    "fraud 2 PRODUCTION",
    "fraud 3 PRODUCTION",
    "fraud 2 PRODUCTION",
    "fraud 1 champion",
    "fraud 2 champion",
    "gone 1 STAGING",
  ]);
});

test("a move that no policy guarded says so, and what its version's metrics are now", async () => {
  const [first] = await report();
  expect(first).toMatchObject({
    actor: { subject: "ada", name: "Ada", kind: "USER" },
    fromStage: "NONE",
    previousVersionNumber: null,
    reason: "First release",
    modelName: "fraud",
    currentModelName: "risk",
    decision: null,
    request: null,
    run: { runId: "run-1" },
    metrics: [
      { key: "auc", recorded: null, current: { version: 0.91, previous: null } },
      { key: "loss", recorded: null, current: { version: 0.1, previous: null } },
    ],
    datasets: [{ name: "transactions", context: "training" }],
    left: { toStage: "ARCHIVED", reason: "Better recall", actor: { subject: "ada" } },
    next: { versionNumber: 2, heldBefore: false },
    notes: ["No policy guarded the target, so no rules were asked."],
  });
  const { from, until, seconds } = first.served;
  expect(from).toBe(first.at);
  expect(seconds).toBe((Date.parse(until) - Date.parse(from)) / 1000);
});

test("an approved promotion has policies, rules, approvers and the metrics of then beside those of now", async () => {
  const [, second] = await report();
  expect(second).toMatchObject({
    previousVersionNumber: 1,
    decision: {
      isRollback: false,
      overrideReason: null,
      policies: [{ name: "high-risk", revision: 1, mode: "ENFORCE" }],
      rules: [
        {
          kind: "METRIC_AGAINST_HOLDER",
          status: "PASSED",
          explanation: `The metric "auc" is not worse than the current holder's.`,
          evidence: [{ summary: "auc = 0.94 at step 0" }, { summary: "version 1: auc = 0.91 at step 0" }],
        },
        { kind: "APPROVALS", status: "PASSED", evidence: [{ kind: "APPROVAL", author: { subject: "rita" } }] },
      ],
    },
    request: {
      requestedBy: { subject: "ada" },
      reason: "Better recall",
      round: 1,
      reviews: [{ verdict: "APPROVE", comment: "Fair.", reviewer: { subject: "rita" }, round: 1 }],
    },
    // auc was logged again after the promotion
    metrics: [
      { key: "auc", recorded: { version: 0.94, previous: 0.91 }, current: { version: 0.99, previous: 0.91 } },
      { key: "loss", recorded: null, current: { version: 0.2, previous: 0.1 } },
    ],
    notes: [],
  });
});

test("an override has its reason, a rollback says so, and what was rolled back leads to it", async () => {
  const [, , third, fourth] = await report();
  expect(third).toMatchObject({
    decision: {
      overrideReason: "The scanner is down, OPS-12",
      rules: [
        { status: "FAILED" },
        { status: "FAILED", explanation: "Whoever moves the version has not requested it." },
      ],
    },
    left: { toStage: "ARCHIVED", reason: "Worse, incident 4711" },
    next: { versionNumber: 2, heldBefore: true },
    run: null,
    metrics: [{ key: "auc", recorded: { version: 0.5, previous: 0.94 }, current: null }],
    datasets: null,
    notes: ["The run is deleted, or the reader may not read it: its datasets and its present metrics are hidden."],
  });
  expect(fourth).toMatchObject({
    heldBefore: true,
    fromStage: "ARCHIVED",
    previousVersionNumber: 3,
    decision: { isRollback: true },
    served: { until: null, seconds: null },
    left: null,
    next: null,
    notes: ["The run of the version before is deleted, or the reader may not read it: its present metrics are hidden."],
  });
});

test("an alias says which version it left, and a deleted model stays in the report", async () => {
  const [, , , , , sixth, gone] = await report();
  expect(sixth).toMatchObject({ alias: "champion", fromStage: null, previousVersionNumber: 1, left: null });
  expect(gone).toMatchObject({
    modelName: "gone",
    model: null,
    left: { reason: "The model was deleted." },
    notes: [
      "No policy guarded the target, so no rules were asked.",
      "The model is deleted.",
      "The version has no run in this registry, so it has neither metrics nor datasets.",
    ],
  });
});

test("every line has the revision and the hash of its event", async () => {
  const lines: { revision: number; proof: { state: string; hash: string } }[] = await report();
  const { rows } = await commands.server.database.pool.query(
    `SELECT "revision"::int, encode("hash", 'hex') AS "hash" FROM "Event" WHERE "revision" = ANY ($1) ORDER BY "revision"`,
    [lines.map(({ revision }) => revision)],
  );
  expect(lines.map(({ revision, proof }) => ({ revision, ...proof }))).toEqual(
    rows.map((row) => ({ ...row, state: "LOG" })),
  );
});

describe("filters", () => {
  test.each([
    [`(where: { models: ["risk"] })`, 6],
    // a name under which the model was promoted
    [`(where: { models: ["fra*"] })`, 6],
    [`(where: { models: ["fraud", "gone"] })`, 7],
    [`(where: { models: [] })`, 0],
    [`(where: { models: ["raud"] })`, 0],
    [`(where: { stages: [STAGING] })`, 1],
    [`(where: { stages: [PRODUCTION] })`, 4],
    [`(where: { aliases: ["champion", "other"] })`, 2],
    [`(where: { stages: [STAGING], aliases: ["champion"] })`, 3],
    [`(where: { stages: [] })`, 0],
    [`(where: { overridden: true })`, 1],
    [`(where: { overridden: false })`, 6],
    [`(where: { heldBefore: true })`, 1],
    [`(where: { models: ["fraud"], stages: [PRODUCTION], heldBefore: false })`, 3],
    [`(where: { tag: { key: "tier" } })`, 6],
    [`(where: { tag: { key: "tier", value: "high" } })`, 6],
    [`(where: { tag: { key: "tier", value: "low" } })`, 0],
  ])("%s", async (args, count) => {
    await history.act(`setTag(input: { on: { model: { name: "risk" } }, key: "tier", value: "high" })`);
    const { promotionReport } = await commands.data(
      `{ promotionReport${args} { totalCount nodes { revision } } }`,
      {},
      AUDITOR,
    );
    expect([promotionReport.totalCount, promotionReport.nodes.length]).toEqual([count, count]);
  });

  test("from is inclusive, to is exclusive, and an empty range is refused", async () => {
    const lines: { at: string }[] = await report("", "at");
    const [from, to] = [lines[1]?.at, lines[3]?.at];
    expect((await report(`(from: "${from}", to: "${to}")`, "at")).map(({ at }: { at: string }) => at)).toEqual(
      lines.slice(1, 3).map(({ at }) => at),
    );
    expect(await report(`(from: "${lines.at(-1)?.at}")`, "at")).toHaveLength(1);
    expect(await report(`(to: "${lines[0]?.at}")`, "at")).toHaveLength(0);
    expect(await commands.refusal(`{ promotionReport(from: "${to}", to: "${to}") { totalCount } }`)).toMatchObject({
      code: "INVALID_INPUT",
      field: "to",
    });
  });
});

test("one promotion is found by its revision, and names its event as the audit trail does", async () => {
  const all = await report("", "revision eventId");
  const { audit } = await commands.data("{ audit(last: 200) { nodes { revision eventId } } }", {}, AUDITOR);
  for (const line of all) {
    expect(audit.nodes).toContainEqual(line);
    expect(await report(`(where: { revision: ${line.revision} })`, "revision eventId")).toEqual([line]);
  }
  expect(await report("(where: { revision: 1 })", "revision")).toEqual([]);
});

test("pages lead from one to the next in both directions, while promotions arrive", async () => {
  const all = await report("", "revision");
  const page = async (args: string) => {
    const fields = "nodes { revision } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    return (await commands.data(`{ promotionReport(${args}) { ${fields} } }`, {}, AUDITOR)).promotionReport;
  };
  const first = await page("first: 3");
  await history.act(
    `createModelVersion(input: { model: { name: "late" }, createModel: true, source: "s3://models/late/1", aliases: ["new"] })`,
  );
  const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
  const third = await page(`first: 3, after: "${second.pageInfo.endCursor}"`);
  const walked = [...first.nodes, ...second.nodes, ...third.nodes];
  expect(walked.slice(0, all.length)).toEqual(all);
  expect(walked).toHaveLength(all.length + 1);
  expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const back = await page(`last: 3, before: "${third.pageInfo.startCursor}"`);
  expect(back.nodes).toEqual(second.nodes);
  expect(
    await commands.refusal(
      `{ promotionReport(first: 3, after: "${first.pageInfo.endCursor}", from: "2020-01-01T00:00:00Z") { totalCount } }`,
    ),
  ).toMatchObject({ code: "INVALID_INPUT", field: "after" });
});
