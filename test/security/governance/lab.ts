import type { As } from "../../support/server.js";
import { byNumber, register } from "./gate.js";

type Mutate = (mutations: string, as?: As) => Promise<Record<string, { readonly run: { readonly id: string } }>>;

/** What only readers of the run may see: values, names, digests and ids, each of which occurs nowhere else. */
export const SECRETS = {
  experiment: "canary-lab",
  dataset: `sha256:${"c0ffee42".repeat(8)}`,
  metric: "0.123456789",
  holderMetric: "0.987654321",
} as const;

/** What only readers of the model may see: of the model `canary-model` and of the policy `canary-policy`. */
export const RULE_WORDS = /canary|auc|signoff|SUPERVISED|4321/;

/** Fails for version 2, on all rules that look at runs, and on one that looks at a tag. */
export const LAB_POLICY = `applyPolicy(input: {
  name: "canary-policy", selector: { models: ["canary-model*"] }, target: { stages: [PRODUCTION], aliases: ["live"] }
  rules: [
    { metric: { key: "auc", comparator: LT, value: 0.1 } }
    { metricAgainstHolder: { key: "auc", direction: HIGHER_IS_BETTER } }
    { runStatus: { in: [FINISHED] } }
    { present: { field: RUN } }
    { present: { field: DATASET_INPUT } }
    { tag: { key: "signoff", values: ["SUPERVISED"] } }
    { reason: { minimumLength: 4321 } }
  ]
}) { revision }`;

/** Three versions with runs. Returns the ids of the runs. */
export async function openLab(mutate: Mutate): Promise<string[]> {
  const { experiment, dataset, metric, holderMetric } = SECRETS;
  await mutate(`createExperiment(input: { name: "${experiment}" }) { experiment { id } }`);
  const runs: string[] = [];
  for (const value of [holderMetric, metric, metric]) {
    const { createRun } = await mutate(`createRun(input: { experiment: { name: "${experiment}" } }) { run { id } }`);
    const run = createRun?.run.id ?? "";
    const data = `{ name: "canary-data", digest: "${dataset}" }`;
    await mutate(`logInputs(input: { run: "${run}", datasets: [{ dataset: ${data} }] }) { run { id } }`);
    await mutate(
      `logBatch(input: { run: "${run}", metrics: [{ key: "auc", value: ${value}, dataset: { identity: ${data} } }] }) { run { id } }`,
    );
    await mutate(`${register("canary-model", `, run: "${run}"`)} { modelVersion { number } }`);
    runs.push(run);
  }
  return runs;
}

const EVIDENCE = "evidence { kind summary key value at versionNumber datasetDigest author { subject } check { name } }";
const RULES = `rules { policy kind requirement explanation satisfy status ${EVIDENCE} }`;
const DECISION = `decision { id overrideReason policies { name } ${RULES} }`;
const EVENT = `type ... on StageChangedEvent { to ${DECISION} } ... on AliasSetEvent { alias ${DECISION} }
  ... on PromotionOverriddenEvent { reason ${RULES} ${DECISION} }`;

/** Every query that shows decisions, by name. */
export function queriesOf(decisionId: string): Record<string, string> {
  return {
    preview: `{ previewPromotion(version: ${byNumber("canary-model", 2)}, target: { stage: PRODUCTION }) { obstacles policies { name } ${RULES} } }`,
    "preview of an alias": `{ previewPromotion(version: ${byNumber("canary-model", 2)}, target: { alias: "live" }) { ${RULES} } }`,
    "stage transitions": `{ stageTransitions { nodes { ${DECISION} } } model(name: "canary-model") { transitions { nodes { ${DECISION} } } } }`,
    "alias transitions": `{ aliasTransitions { nodes { ${DECISION} } } model(name: "canary-model") { aliasTransitions { nodes { ${DECISION} } } } }`,
    "Model.decisions": `{ model(name: "canary-model") { decisions { nodes { ${RULES} } } } }`,
    promotionDecisions: `{ promotionDecisions(where: { overridden: true }) { nodes { ${RULES} } } }`,
    node: `{ node(id: "${decisionId}") { ... on PromotionDecision { ${RULES} } } }`,
    events: `{ events(last: 100, where: { types: [MODEL_VERSION_STAGE_CHANGED, ALIAS_SET, PROMOTION_OVERRIDDEN] }) { nodes { ${EVENT} } } }`,
    activity: `{ model(name: "canary-model") { activity { nodes { ${EVENT} } } } }`,
    audit: `{ audit(last: 100, where: { types: [MODEL_VERSION_STAGE_CHANGED, ALIAS_SET, PROMOTION_OVERRIDDEN] }) { nodes { type before after } } }`,
  };
}

const START = "2020-01-01T00:00:00Z";
/** Every stream that shows decisions. */
export const STREAMS = [
  `subscription { registryEvents(since: "${START}", where: { types: [MODEL_VERSION_STAGE_CHANGED, ALIAS_SET, PROMOTION_OVERRIDDEN] }) { event { ${EVENT} } } }`,
  `subscription { stageChanged(since: "${START}") { event { ${DECISION} } } }`,
  `subscription { aliasChanged(since: "${START}") { event { __typename ... on AliasSetEvent { ${DECISION} } } } }`,
];
