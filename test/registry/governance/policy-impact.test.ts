import { beforeAll, describe, expect, test } from "vitest";
import { countStatements } from "../../support/database/statements.js";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();
const ref = (number: number) => `{ number: { model: "m", number: ${number} } }`;

/** A draft for PRODUCTION and the alias live with the given rules. */
const impact = (rules: string, select: string, more = "") =>
  `{ policyImpact(days: 7, policy: { target: { stages: [PRODUCTION], aliases: ["live"] } rules: [${rules}] ${more} }) { ${select} } }`;
const STATUSES = "promotions { nodes { versionNumber stage alias verdict rules { status source } } }";

interface Node {
  readonly versionNumber: number;
  readonly alias: string | null;
  readonly verdict: string;
  readonly rules: readonly { readonly status: string; readonly source: string }[];
}

async function replay(rules: string): Promise<string[]> {
  const { policyImpact } = await commands.data(impact(rules, STATUSES));
  return policyImpact.promotions.nodes.map(
    ({ versionNumber, alias, verdict, rules: said }: Node) =>
      `v${versionNumber} ${alias ?? "PRODUCTION"} ${verdict}: ${said.map(({ status, source }) => `${status} by ${source}`).join(", ")}`,
  );
}

beforeAll(async () => {
  const create = (more: string) =>
    `createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/x" ${more} }) { __typename }`;
  await commands.mutate(create(`digest: "sha256:${"a".repeat(64)}"`));
  await commands.mutate(create(""));
  await commands.mutate(`reportCheck(input: { version: ${ref(1)}, name: "scan", status: PASSED }) { __typename }`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  // v1 by STAGING with a reason, before there is a policy; then v2 beside it, and the alias
  await commands.mutate(`transitionModelVersion(input: { version: ${ref(1)}, to: STAGING }) { __typename }`);
  await commands.mutate(
    `transitionModelVersion(input: { version: ${ref(1)}, to: PRODUCTION, reason: "OPS-1" }) { __typename }`,
  );
  await commands.mutate(`transitionModelVersion(input: { version: ${ref(2)}, to: PRODUCTION }) { __typename }`);
  await commands.mutate(`applyPolicy(input: { name: "gate", mode: EVALUATE, target: { aliases: ["live"] }
    rules: [{ metric: { key: "auc", comparator: GT, value: 1 } } { tag: { key: "owner" } }] }) { __typename }`);
  await commands.mutate(
    `setAlias(input: { model: { name: "m" }, number: 1, alias: "live", reason: "OPS-2" }) { __typename }`,
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  await commands.mutate(`reportCheck(input: { version: ${ref(2)}, name: "scan", status: PASSED }) { __typename }`);
  await commands.mutate(`setTag(input: { on: { modelVersion: ${ref(1)} }, key: "owner", value: "me" }) { __typename }`);
});

test.each<[string, string, string[]]>([
  ["a reason", `{ reason: { pattern: "OPS-.*" } }`, ["PASSED by HISTORY", "FAILED by HISTORY", "PASSED by HISTORY"]],
  ["a digest", `{ present: { field: DIGEST } }`, ["PASSED by HISTORY", "FAILED by HISTORY", "PASSED by HISTORY"]],
  ["a run", `{ runStatus: { in: [FINISHED] } }`, ["FAILED by HISTORY", "FAILED by HISTORY", "FAILED by HISTORY"]],
  [
    "a check that was reported later",
    `{ check: { name: "scan" } }`,
    ["PASSED by HISTORY", "FAILED by HISTORY", "PASSED by HISTORY"],
  ],
  [
    "an earlier stage",
    `{ previous: { stage: STAGING, held: NOW } }`,
    ["FAILED by HISTORY", "FAILED by HISTORY", "PASSED by HISTORY"],
  ],
  ["one holder", `{ singleHolder: true }`, ["PASSED by HISTORY", "FAILED by HISTORY", "PASSED by HISTORY"]],
  ["approvals", `{ approvals: {} }`, ["FAILED by HISTORY", "FAILED by HISTORY", "FAILED by HISTORY"]],
  [
    "a freeze",
    `{ freeze: { from: "2020-01-01T00:00:00Z", to: "2021-01-01T00:00:00Z" } }`,
    ["PASSED by HISTORY", "PASSED by HISTORY", "PASSED by HISTORY"],
  ],
  [
    "a metric that a policy asked then",
    `{ metric: { key: "auc", comparator: GT, value: 1 } }`,
    ["FAILED by DECISION", "UNKNOWN by NONE", "UNKNOWN by NONE"],
  ],
  [
    "the same metric with another bound",
    `{ metric: { key: "auc", comparator: GT, value: 2 } }`,
    ["UNKNOWN by NONE", "UNKNOWN by NONE", "UNKNOWN by NONE"],
  ],
  [
    "a tag that was set later",
    `{ tag: { key: "owner" } }`,
    ["FAILED by DECISION", "FAILED by HISTORY", "UNKNOWN by NONE"],
  ],
])("%s is replayed from the decision, from the history, or is unknown", async (_name, rule, expected) => {
  const verdict = { PASSED: "ALLOWED", FAILED: "BLOCKED", UNKNOWN: "UNKNOWN" } as Record<string, string>;
  const places = ["v1 live", "v2 PRODUCTION", "v1 PRODUCTION"];
  expect(await replay(rule)).toEqual(
    expected.map((said, index) => `${places[index]} ${verdict[said.split(" ")[0] ?? ""]}: ${said}`),
  );
});

describe("policyImpact", () => {
  const REASON = `{ reason: { pattern: "OPS-.*" } }`;

  test("counts, and lists by verdict and by page", async () => {
    const counts = "examined isComplete counts { promotions blocked unknown allowed }";
    const list = (args: string) =>
      `promotions(${args}) { totalCount nodes { versionNumber alias } pageInfo { hasNextPage endCursor } }`;
    const { policyImpact } = await commands.data(impact(REASON, `${counts} ${list("verdict: ALLOWED, first: 1")}`));
    expect(policyImpact).toMatchObject({
      examined: 3,
      isComplete: true,
      counts: { promotions: 3, blocked: 1, unknown: 0, allowed: 2 },
      promotions: { totalCount: 2, nodes: [{ versionNumber: 1, alias: "live" }], pageInfo: { hasNextPage: true } },
    });
    const { endCursor } = policyImpact.promotions.pageInfo;
    const rest = await commands.data(impact(REASON, list(`verdict: ALLOWED, after: "${endCursor}"`)));
    expect(rest.policyImpact.promotions).toMatchObject({
      nodes: [{ versionNumber: 1, alias: null }],
      pageInfo: { hasNextPage: false },
    });
  });

  test("selects models by their names and tags of now", async () => {
    const { policyImpact } = await commands.data(impact(REASON, "examined", `selector: { models: ["other*"] }`));
    expect(policyImpact).toEqual({ examined: 0 });
  });

  test.each([
    ["days: 0", "days"],
    ["days: 366", "days"],
  ])("%s is refused", async (days, field) => {
    const refused = await commands.refusal(impact(REASON, "examined").replace("days: 7", days));
    expect(refused).toMatchObject({ code: "INVALID_INPUT", field });
  });

  test.each<[string, As]>([
    ["without audit:read", { scopes: ["models:read", "policies:write"] }],
    ["with a models claim", { scopes: ["models:read", "audit:read"], models: ["*"] }],
  ])("is refused to a token %s", async (_name, as) => {
    expect(await commands.refusal(impact(REASON, "examined"), {}, as)).toMatchObject({ code: "FORBIDDEN" });
  });

  test("shows its promotions with models:read only", async () => {
    const { data, errors } = await commands.request(
      impact(REASON, `examined ${STATUSES}`),
      {},
      { scopes: ["audit:read"] },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    expect(data?.policyImpact?.promotions ?? null).toBeNull();
  });

  test("takes as many statements for many promotions as for few", async () => {
    const nodes = `nodes { modelVersion { number model { name } } decision { rules { status } } rules { status source } }`;
    const replayed = impact(REASON, `counts { promotions } promotions(first: 100) { totalCount ${nodes} }`);
    const count = () => countStatements(() => commands.data(replayed));
    const few = await count();
    for (const number of [1, 2, 1, 2, 1, 2])
      await commands.mutate(
        `setAlias(input: { model: { name: "m" }, number: ${number}, alias: "live" }) { __typename }`,
      );
    const { policyImpact } = await commands.data(replayed);
    expect(policyImpact.promotions.totalCount).toBe(3 + 5);
    expect(await count()).toBe(few);
    expect(await countStatements(() => commands.data(impact(REASON, STATUSES)))).toBeLessThanOrEqual(4);
  });
});
