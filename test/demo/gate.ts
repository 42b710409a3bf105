import { type Connection, RefusedError } from "./connection.js";

const POLICY = "iris-gate";
const CHECK = "smoke-test";
const LEAST_ACCURACY = 0.85;

const APPLY = /* GraphQL */ `
  mutation ($input: ApplyPolicyInput!) {
    applyPolicy(input: $input) { revision policy { mode rules { requirement } } }
  }
`;

const PREVIEW = /* GraphQL */ `
  query ($version: ModelVersionRef!) {
    previewPromotion(version: $version, target: { stage: PRODUCTION }, archiveExisting: true) {
      allowed
      rules { status explanation }
    }
  }
`;

const REPORT_CHECK = /* GraphQL */ `
  mutation ($input: ReportCheckInput!) { reportCheck(input: $input) { check { name status summary } } }
`;

const ROLLBACK = /* GraphQL */ `
  mutation ($input: RollbackInput!) { rollback(input: $input) { modelVersion { number stage } } }
`;

type Found = readonly { readonly status: string; readonly explanation: string; readonly satisfy?: string }[];

interface Gate {
  readonly model: string;
  readonly mode: "EVALUATE" | "ENFORCE";
  /** How many others approve; 0 = the rule is left out. */
  readonly approvals: number;
}

/** What must hold before a version of the model enters PRODUCTION. A rollback does not ask for the check again. */
export async function applyGate(server: Connection, { model, mode, approvals }: Gate): Promise<void> {
  type Applied = { applyPolicy: { revision: number; policy: { mode: string; rules: { requirement: string }[] } } };
  const { applyPolicy } = await server.request<Applied>(APPLY, {
    input: {
      name: POLICY,
      mode,
      selector: { models: [model] },
      target: { stages: ["PRODUCTION"] },
      rules: [
        { metric: { key: "accuracy", comparator: "GTE", value: LEAST_ACCURACY } },
        { check: { name: CHECK, onRollback: "SKIP" } },
        ...(approvals > 0 ? [{ approvals: { quorum: approvals } }] : []),
      ],
    },
  });
  const { revision, policy } = applyPolicy;
  if (policy.mode !== mode) throw new Error(`The policy has the mode ${policy.mode}, not ${mode}.`);
  console.log(`▸ the policy ${POLICY}, revision ${revision}, guards PRODUCTION: ${mode}`);
  if (mode === "EVALUATE") for (const { requirement } of policy.rules) console.log(`    ${requirement}`);
}

/** While the policy only evaluates, nothing is refused, and what would be shows. */
export async function previewMove(
  server: Connection,
  version: object,
  { approvals }: Pick<Gate, "approvals">,
): Promise<void> {
  type Previewed = { previewPromotion: { allowed: boolean; rules: Found } };
  const { previewPromotion } = await server.request<Previewed>(PREVIEW, { version });
  const statuses = previewPromotion.rules.map(({ status }) => status).join(" ");
  const expected = ["PASSED", "EVALUATED", ...(approvals > 0 ? ["EVALUATED"] : [])].join(" ");
  if (!previewPromotion.allowed || statuses !== expected) throw new Error(`The preview says ${statuses}.`);
  console.log("▸ a preview of the move: allowed, but");
  printFound(previewPromotion.rules.filter(({ status }) => status !== "PASSED"));
}

export async function expectRefusal(attempt: Promise<unknown>): Promise<void> {
  const error: unknown = await attempt.then(
    () => null,
    (reason) => reason,
  );
  if (!(error instanceof RefusedError)) throw error ?? new Error("The gate let the version pass.");
  if (error.extensions.code !== "POLICY_NOT_MET") throw error;
  console.log("▸ the move to PRODUCTION is refused:");
  printFound(error.extensions.rules as Found);
}

export async function reportCheck(server: Connection, version: object): Promise<void> {
  type Reported = { reportCheck: { check: { name: string; status: string; summary: string } } };
  const input = { version, name: CHECK, status: "PASSED", summary: "named 3 flowers out of 3" };
  const { check } = (await server.request<Reported>(REPORT_CHECK, { input })).reportCheck;
  if (check.status !== "PASSED") throw new Error(`The check is ${check.status}.`);
  console.log(`▸ reported the check ${check.name}: ${check.status}, ${check.summary}`);
}

/** Puts back what held PRODUCTION before. */
export async function rollBack(
  server: Connection,
  model: string,
  { from, to, reason }: { readonly from: number; readonly to: number; readonly reason: string },
): Promise<void> {
  type RolledBack = { rollback: { modelVersion: { number: number; stage: string } } };
  const input = { model: { name: model }, target: { stage: "PRODUCTION" }, expectedHolder: from, reason };
  const { rollback } = await server.request<RolledBack>(ROLLBACK, { input });
  const { number, stage } = rollback.modelVersion;
  if (number !== to || stage !== "PRODUCTION") throw new Error(`Version ${number} is in ${stage}.`);
}

function printFound(rules: Found): void {
  for (const { status, explanation, satisfy } of rules) {
    console.log(`    ${status.padEnd(9)}  ${explanation}${satisfy === undefined ? "" : ` ${satisfy}`}`);
  }
}
