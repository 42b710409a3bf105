import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const PIPELINE: As = {
  subject: "ci",
  scopes: ["models:read", "models:write", "runs:read", "runs:write", "stages:production", "aliases:write"],
};
const TEST_BENCH: As = { subject: "test-bench", scopes: ["models:read", "checks:write"], groups: ["quality"] };
const RISK: As = { subject: "risk", scopes: ["models:read", "policies:write", "models:write"] };
const ON_CALL: As = {
  subject: "on-call",
  scopes: ["models:read", "stages:production", "stages:archived", "policies:override"],
};

const POLICY = `
  name: "high-risk"
  selector: { models: ["fraud*"], tags: [{ key: "risk-tier", values: ["high"] }] }
  target: { stages: [PRODUCTION], aliases: ["canary"] }
  rules: [
    { metricAgainstHolder: { key: "auc", direction: HIGHER_IS_BETTER, absoluteTolerance: 0.01, ifMissing: PASS } }
    { check: { name: "bias-scan", evidenceFrom: { groups: ["quality"] } } }
    { reason: { minimumLength: 10 } }
  ]`;

const apply = (more: string) => commands.mutate(`applyPolicy(input: { ${POLICY} ${more} }) { revision changed }`, RISK);

async function register(auc: number): Promise<number> {
  const { createRun } = await commands.mutate(
    `createRun(input: { experiment: { name: "fraud" } }) { run { id } }`,
    PIPELINE,
  );
  await commands.mutate(
    `logBatch(input: { run: "${createRun.run.id}", metrics: [{ key: "auc", value: ${auc} }] }) { run { id } }`,
    PIPELINE,
  );
  const { createModelVersion } = await commands.mutate(
    `createModelVersion(input: {
      model: { name: "fraud-eu" }, createModel: true, source: "s3://models/${auc}", run: "${createRun.run.id}"
    }) { modelVersion { number } }`,
    PIPELINE,
  );
  return createModelVersion.modelVersion.number;
}

const ref = (number: number) => `{ number: { model: "fraud-eu", number: ${number} } }`;
const promote = (number: number, more = "") =>
  `transitionModelVersion(input: { version: ${ref(number)}, to: PRODUCTION, archiveExisting: true ${more} })`;
const RESULT = `{ transition { reason decision { policies { name revision mode } rules { kind status explanation } overrideReason isRollback } } }`;
const REASON = `, reason: "Better on the holdout of November"`;

test("a gate is introduced, refuses, is met, is rolled back and overridden", async () => {
  await commands.mutate(`createExperiment(input: { name: "fraud" }) { experiment { id } }`);
  const first = await register(0.9);
  await commands.mutate(
    `setTag(input: { on: { model: { name: "fraud-eu" } }, key: "risk-tier", value: "high" }) { model { id } }`,
    RISK,
  );

  // first it only evaluates
  expect(await apply("mode: EVALUATE")).toEqual({ applyPolicy: { revision: 1, changed: true } });
  const evaluated = await commands.mutate(`${promote(first)} ${RESULT}`, PIPELINE);
  expect(evaluated.transitionModelVersion.transition.decision).toMatchInlineSnapshot(`
    {
      "isRollback": false,
      "overrideReason": null,
      "policies": [
        {
          "mode": "EVALUATE",
          "name": "high-risk",
          "revision": 1,
        },
      ],
      "rules": [
        {
          "explanation": "No version holds the target, which the rule allows.",
          "kind": "METRIC_AGAINST_HOLDER",
          "status": "PASSED",
        },
        {
          "explanation": "The check "bias-scan" was not reported.",
          "kind": "CHECK",
          "status": "EVALUATED",
        },
        {
          "explanation": "The move has no reason.",
          "kind": "REASON",
          "status": "EVALUATED",
        },
      ],
    }
  `);

  // then it is enforced
  expect(await apply("mode: ENFORCE, expectedRevision: 1")).toEqual({ applyPolicy: { revision: 2, changed: true } });
  const second = await register(0.85);
  const preview = `query ($version: ModelVersionRef!) { previewPromotion(version: $version, target: { stage: PRODUCTION }, archiveExisting: true) {
    allowed obstacles rules { kind status explanation satisfy evidence { summary } } } }`;
  const version = { number: { model: "fraud-eu", number: second } };
  const previewed = await commands.data(preview, { version }, PIPELINE);
  expect(previewed.previewPromotion).toMatchInlineSnapshot(`
    {
      "allowed": false,
      "obstacles": [],
      "rules": [
        {
          "evidence": [
            {
              "summary": "auc = 0.85 at step 0",
            },
            {
              "summary": "version 1: auc = 0.9 at step 0",
            },
          ],
          "explanation": "The metric "auc" is worse than the current holder's.",
          "kind": "METRIC_AGAINST_HOLDER",
          "satisfy": "Register a version whose "auc" is not worse than the current holder's.",
          "status": "FAILED",
        },
        {
          "evidence": [],
          "explanation": "The check "bias-scan" was not reported.",
          "kind": "CHECK",
          "satisfy": "Report the check "bias-scan" as PASSED.",
          "status": "FAILED",
        },
        {
          "evidence": [],
          "explanation": "The move has no reason.",
          "kind": "REASON",
          "satisfy": "Give a reason of at least 10 characters.",
          "status": "FAILED",
        },
      ],
    }
  `);
  const refused = await commands.refusalOf(promote(second), PIPELINE);
  expect(refused).toMatchObject({ code: "POLICY_NOT_MET", target: { stage: "PRODUCTION" } });
  expect(refused.message).toMatchInlineSnapshot(
    `"Version 2 may not be promoted to PRODUCTION: The metric "auc" is worse than the current holder's. (high-risk, revision 2) The check "bias-scan" was not reported. (high-risk, revision 2) The move has no reason. (high-risk, revision 2)"`,
  );
  expect(
    refused.rules.map(({ evidence, ...rule }: { evidence: { summary: string }[] }) => ({
      ...rule,
      evidence: evidence.map(({ summary }) => summary),
    })),
  ).toMatchInlineSnapshot(`
    [
      {
        "evidence": [
          "auc = 0.85 at step 0",
          "version 1: auc = 0.9 at step 0",
        ],
        "explanation": "The metric "auc" is worse than the current holder's.",
        "kind": "METRIC_AGAINST_HOLDER",
        "mode": "ENFORCE",
        "policy": "high-risk",
        "position": 1,
        "requirement": "The metric "auc" is not lower than the current holder's on the same dataset by more than 0.01, if there is one to compare with.",
        "revision": 2,
        "satisfy": "Register a version whose "auc" is not worse than the current holder's.",
        "status": "FAILED",
      },
      {
        "evidence": [],
        "explanation": "The check "bias-scan" was not reported.",
        "kind": "CHECK",
        "mode": "ENFORCE",
        "policy": "high-risk",
        "position": 2,
        "requirement": "The check "bias-scan" passed. Only evidence from group quality counts.",
        "revision": 2,
        "satisfy": "Report the check "bias-scan" as PASSED.",
        "status": "FAILED",
      },
      {
        "evidence": [],
        "explanation": "The move has no reason.",
        "kind": "REASON",
        "mode": "ENFORCE",
        "policy": "high-risk",
        "position": 3,
        "requirement": "The move has a reason of at least 10 characters.",
        "revision": 2,
        "satisfy": "Give a reason of at least 10 characters.",
        "status": "FAILED",
      },
    ]
  `);

  // a better version, and a check by somebody who counts
  const third = await register(0.92);
  const report = `reportCheck(input: { version: ${ref(third)}, name: "bias-scan", status: PASSED, summary: "No bias found" }) { check { name status } }`;
  await commands.mutate(report, { ...TEST_BENCH, groups: ["somebody-else"] });
  expect(await commands.refusalOf(promote(third, REASON), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  await commands.mutate(report, TEST_BENCH);

  const watching = commands.server.watch(
    `subscription { stageChanged { event { versionNumber to decision { rules { status } } } } }`,
  );
  await watching.next();
  await commands.mutate(`${promote(third, REASON)} ${RESULT}`, PIPELINE);
  const arrived = (await watching.next()).value.data.stageChanged.event;
  expect(arrived).toEqual({
    versionNumber: third,
    to: "PRODUCTION",
    decision: { rules: Array(3).fill({ status: "PASSED" }) },
  });
  await watching.return?.();

  // an alias is guarded in the same way
  const canary = (number: number, more = "") => `setAlias(input: { version: ${ref(number)}, alias: "canary" ${more} })`;
  expect(await commands.refusalOf(canary(second, REASON), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  const set = await commands.mutate(
    `${canary(third, REASON)} { transition { decision { alias rules { status } } } }`,
    PIPELINE,
  );
  expect(set.setAlias.transition.decision.rules).toEqual(Array(3).fill({ status: "PASSED" }));

  // back to what was there before: its check is asked, and missing
  const back = (more = "") =>
    `rollback(input: { model: { name: "fraud-eu" }, target: { stage: PRODUCTION }, expectedHolder: ${third} ${more} })`;
  expect(await commands.refusalOf(back(REASON), ON_CALL)).toMatchObject({ code: "POLICY_NOT_MET" });
  const rolledBack = await commands.mutate(
    `${back(`${REASON}, override: { reason: "Incident 4711: version 3 times out" }`)} { modelVersion { number stage } transition { decision { isRollback overrideReason rules { kind status } } } }`,
    ON_CALL,
  );
  expect(rolledBack).toMatchInlineSnapshot(`
    {
      "rollback": {
        "modelVersion": {
          "number": 1,
          "stage": "PRODUCTION",
        },
        "transition": {
          "decision": {
            "isRollback": true,
            "overrideReason": "Incident 4711: version 3 times out",
            "rules": [
              {
                "kind": "METRIC_AGAINST_HOLDER",
                "status": "PASSED",
              },
              {
                "kind": "CHECK",
                "status": "FAILED",
              },
              {
                "kind": "REASON",
                "status": "PASSED",
              },
            ],
          },
        },
      },
    }
  `);

  // the override stands in the audit, and wherever the move does
  const { audit, promotionDecisions, unmet, none } = await commands.data(`{
    audit(where: { types: [PROMOTION_OVERRIDDEN] }) { nodes { actor { subject } modelName versionNumber after } }
    promotionDecisions(where: { overridden: true }) { nodes { overrideReason stage actor { subject } } }
    unmet: promotionDecisions(where: { policy: "high-risk", status: EVALUATED }) { totalCount }
    none: promotionDecisions(where: { policy: "other", status: EVALUATED }) { totalCount }
  }`);
  expect(audit.nodes).toMatchObject([
    {
      actor: { subject: "on-call" },
      modelName: "fraud-eu",
      versionNumber: first,
      after: { rules: [{ kind: "check" }] },
    },
  ]);
  expect([unmet.totalCount, none.totalCount]).toEqual([1, 0]);
  expect(promotionDecisions.nodes).toEqual([
    { overrideReason: "Incident 4711: version 3 times out", stage: "PRODUCTION", actor: { subject: "on-call" } },
  ]);
});
