import type { Connection } from "../connection.js";
import { WORLD, type WorldModel } from "./models.js";

const APPLY = /* GraphQL */ `mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { revision } }`;
const CHECK = /* GraphQL */ `mutation ($input: ReportCheckInput!) { reportCheck(input: $input) { check { id } } }`;
const REQUEST = /* GraphQL */ `
  mutation ($input: RequestPromotionInput!) { requestPromotion(input: $input) { request { id } } }
`;
const REJECT = /* GraphQL */ `mutation ($input: RejectPromotionInput!) { rejectPromotion(input: $input) { request { id } } }`;
const CANCEL = /* GraphQL */ `mutation ($input: CancelPromotionInput!) { cancelPromotion(input: $input) { request { id } } }`;
const APPROVE = /* GraphQL */ `mutation ($input: ApprovePromotionInput!) { approvePromotion(input: $input) { request { id } } }`;

export const versionOf = (model: string, number: number) => ({ number: { model, number } });

/** What must hold before critical models reach PRODUCTION. It comes last, because the history was made without it. */
export async function applyPolicies(server: Connection): Promise<void> {
  const production = { stages: ["PRODUCTION"] };
  const names = WORLD.filter(({ tier }) => tier === "critical").map(({ name }) => name);
  // no others: whoever tries the examples of the documents beside this world is not held up
  const critical = { models: names, tags: [{ key: "tier", values: ["critical"] }] };
  await server.request(APPLY, {
    input: {
      ...{ name: "critical-gate", selector: critical, target: production, mode: "ENFORCE" },
      rules: [{ check: { name: "bias-scan" } }, { reason: { minimumLength: 10 } }, { approvals: { quorum: 1 } }],
    },
  });
  await server.request(APPLY, {
    input: {
      ...{ name: "no-regression", selector: { models: ["*-fraud", "churn", "credit-*"] }, target: production },
      mode: "EVALUATE",
      rules: [
        {
          metricAgainstHolder: {
            key: "auc",
            direction: "HIGHER_IS_BETTER",
            absoluteTolerance: 0.01,
            ifMissing: "PASS",
          },
        },
      ],
    },
  });
}

export async function reportCheck(
  server: Connection,
  model: string,
  number: number,
  hasPassed: boolean,
): Promise<void> {
  await server.request(CHECK, {
    input: {
      ...{ version: versionOf(model, number), name: "bias-scan", status: hasPassed ? "PASSED" : "FAILED" },
      summary: hasPassed ? "No group differs by more than 2 %." : "False positives differ by 7 % between age groups.",
      url: `https://ci.example.com/${model}/${number}`,
    },
  });
}

/** A request in each state: open, approved and done, rejected, cancelled. */
export async function makeRequests(
  server: Connection,
  approver: Connection,
  models: readonly WorldModel[],
): Promise<void> {
  const outcomes = ["open", "executed", "rejected", "cancelled", "open"];
  for (const [i, { name, versions }] of models.entries()) {
    const outcome = outcomes[i % outcomes.length];
    await reportCheck(server, name, versions, outcome !== "rejected");
    const made = await server.request<{ requestPromotion: { request: { id: string } } }>(REQUEST, {
      input: {
        ...{ version: versionOf(name, versions), target: { stage: "PRODUCTION" }, archiveExisting: true },
        ...{ autoExecute: true, reason: `Version ${versions} beats the one in production on the test set` },
      },
    });
    const request = made.requestPromotion.request.id;
    if (outcome === "executed") await approver.request(APPROVE, { input: { request, comment: "Looks right." } });
    if (outcome === "rejected")
      await approver.request(REJECT, { input: { request, comment: "The bias scan failed." } });
    if (outcome === "cancelled") await server.request(CANCEL, { input: { request } });
  }
}
