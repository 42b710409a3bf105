import { beforeAll, expect, test } from "vitest";
import { useSmallHistory } from "../../graphql/reports/small-history.js";
import type { As } from "../../support/server.js";

const history = useSmallHistory();
const { commands } = history;

const AUDIT: As = { subject: "auditor", scopes: ["audit:read"] };
const FULL: As = { subject: "auditor", scopes: ["audit:read", "models:read", "runs:read"] };
const FIELDS = `versionNumber modelName currentModelName notes metrics { key } datasets { name } run { runId }
  decision { policies { name } rules { kind explanation evidence { kind summary value datasetDigest } } } request { reason }`;

const ask = (as: As, args = "", fields = FIELDS) =>
  commands.request(`{ promotionReport${args} { totalCount nodes { ${fields} } } }`, {}, as);

beforeAll(() => history.write());

test("without audit:read nothing of a report is read, through no other scope", async () => {
  const scopes = ["models:read", "runs:read", "artifacts:read", "policies:write", "stages:approve"] as const;
  const { data, errors } = await ask({ subject: "reader", scopes });
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["audit:read"] });
});

test("without runs:read, what is about runs is hidden, and each line says so", async () => {
  const { data, errors } = await ask(AUDIT, "", FIELDS.replace("run { runId }", ""));
  expect(errors).toBeUndefined();
  const lines = data.promotionReport.nodes;
  expect(lines).toHaveLength(7);
  for (const line of lines) expect([line.metrics, line.datasets]).toEqual([null, null]);
  expect(lines[1].decision.rules[0].evidence).toEqual([]);
  expect(lines[1].decision.rules[1].evidence).toMatchObject([{ kind: "APPROVAL" }]);
  expect(lines[1].notes).toEqual([
    "Evidence about runs is hidden: the reader may not read the runs.",
    "The run is deleted, or the reader may not read it: its datasets and its present metrics are hidden.",
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/0\.9[14]|transactions|run-\d/);
});

test("fields of models and runs require their own scopes, and the rest of the line stands", async () => {
  const { data, errors = [] } = await ask(
    AUDIT,
    "",
    "versionNumber model { name } modelVersion { number } run { runId }",
  );
  expect(data.promotionReport.nodes[0]).toEqual({ versionNumber: 1, model: null, modelVersion: null, run: null });
  expect(errors.flatMap(({ extensions }) => extensions.requiredScopes).sort()).toEqual([
    "models:read",
    "models:read",
    "runs:read",
  ]);
});

test.each<[name: string, claims: As]>([
  ["an experiments claim that does not cover the run", { experiments: ["other-lab"] }],
  ["a models claim and an experiments claim that does not", { models: ["risk", "fraud"], experiments: ["other*"] }],
])("%s hides its metrics, data and evidence", async (_, claims) => {
  const { data } = await ask({ ...FULL, ...claims }, `(where: { models: ["risk"] })`);
  const lines = data.promotionReport.nodes;
  expect(lines).toHaveLength(6);
  for (const line of lines) expect([line.metrics, line.datasets, line.run]).toEqual([null, null, null]);
  expect(JSON.stringify(lines)).not.toMatch(/0\.9[14]|transactions|run-\d/);
});

test("a models claim without experiments shows the runs of its versions, and no evidence of runs", async () => {
  const { data } = await ask({ ...FULL, models: ["risk", "fraud"] });
  const [first, second] = data.promotionReport.nodes;
  expect(first).toMatchObject({ metrics: [{ key: "auc" }, { key: "loss" }], datasets: [{ name: "transactions" }] });
  expect(second.decision.rules[0].evidence).toEqual([]);
});

test("a models claim narrows lines, counts and filters to the models that it covers", async () => {
  const only = async (models: string[], args = "") => {
    const { data } = await ask({ ...FULL, models }, args);
    return [data.promotionReport.totalCount, data.promotionReport.nodes.length];
  };
  expect(await only(["gone"])).toEqual([1, 1]);
  expect(await only(["risk"])).toEqual([6, 6]);
  expect(await only([])).toEqual([0, 0]);
  expect(await only(["other*"])).toEqual([0, 0]);
  expect(await only(["gone"], `(where: { models: ["*"] })`)).toEqual([1, 1]);
  expect(await only(["gone"], `(where: { models: ["risk"] })`)).toEqual([0, 0]);
  // its former name is no longer a name of the model
  expect(await only(["fraud"])).toEqual([0, 0]);
});

test("a former name that the claim does not cover is hidden, and no filter finds it", async () => {
  const as = { ...FULL, models: ["risk"] };
  const { data } = await ask(as);
  expect(data.promotionReport.nodes[0]).toMatchObject({ modelName: null, currentModelName: "risk" });
  expect(data.promotionReport.nodes[0].notes).toContain(
    "The model had another name then, which the reader may not see.",
  );
  const { data: none } = await ask(as, `(where: { models: ["fraud"] })`);
  expect(none.promotionReport).toEqual({ totalCount: 0, nodes: [] });
});
