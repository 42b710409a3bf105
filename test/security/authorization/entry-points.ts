import type { Scope } from "../../../src/domain/access/scopes.js";
import type { Seed } from "./fixture.js";

/** A path to a field: the document that selects it as `at`, and the scopes that it requires besides the field's own. */
export interface EntryPoint {
  readonly scopes?: readonly Scope[];
  /** Whether it needs an override. */
  readonly ofOverride?: true;
  document(seed: Seed, select: string): string;
}

const WRITE = { scopes: ["models:write"] } as const;
const ALIAS = { scopes: ["aliases:write"] } as const;
const MOVE = { scopes: ["stages:staging", "models:write"] } as const;

function read(field: (seed: Seed) => string): EntryPoint {
  return { document: (seed, select) => `{ at: ${field(seed)} ${select} }` };
}

function payload(required: { scopes: readonly Scope[] }, field: string, act: (seed: Seed) => string): EntryPoint {
  return { ...required, document: (seed, select) => `mutation { did: ${act(seed)} { at: ${field} ${select} } }` };
}

const nth = ({ name }: Seed, number: number) => `{ number: { model: "${name}", number: ${number} } }`;
const move = (seed: Seed) =>
  `transitionModelVersion(input: { version: ${nth(seed, 3)}, to: STAGING, archiveExisting: true })`;
const setAlias = ({ name }: Seed) => `setAlias(input: { model: { name: "${name}" }, alias: "champion", number: 2 })`;
const deleteAlias = ({ name }: Seed) => `deleteAlias(input: { model: { name: "${name}" }, alias: "champion" })`;
const report = (seed: Seed) => `reportCheck(input: { version: ${nth(seed, 1)}, name: "bias-scan", status: PASSED })`;
const rollbackAlias = ({ name }: Seed) => `rollback(input: { model: { name: "${name}" }, target: { alias: "next" } })`;
const setTag = (on: string) => `setTag(input: { on: ${on}, key: "team", value: "fraud" })`;
const deleteTag = (on: string) => `deleteTag(input: { on: ${on}, key: "team" })`;
const onModel = ({ name }: Seed) => `{ model: { name: "${name}" } }`;
const onVersion = (seed: Seed) => `{ modelVersion: ${nth(seed, 1)} }`;

/** A path to every field of a root or a payload that returns a model, version, move or alias, or the head. */
export const GUARDED_ENTRY_POINTS = {
  "Query.head": read(() => "head"),
  "Query.model": read(({ name }) => `model(name: "${name}")`),
  "Query.models": read(({ name }) => `models(where: { name: { equals: "${name}" } })`),
  "Query.modelVersion": read((seed) => `modelVersion(ref: ${nth(seed, 1)})`),
  "Query.modelVersions": read(({ name }) => `modelVersions(where: { model: { equals: "${name}" } })`),
  "Query.stageTransitions": read(({ name }) => `stageTransitions(where: { model: { equals: "${name}" } })`),
  "Query.aliasTransitions": read(({ name }) => `aliasTransitions(where: { model: { equals: "${name}" } })`),
  "Query.compareVersions": read((seed) => `compareVersions(versions: [${nth(seed, 1)}, ${nth(seed, 2)}])`),
  "RegisterModelPayload.model": payload(
    WRITE,
    "model",
    ({ name }) => `registerModel(input: { name: "${name}", ifExists: RETURN })`,
  ),
  "UpdateModelPayload.model": payload(
    WRITE,
    "model",
    ({ name }) => `updateModel(input: { model: { name: "${name}" }, description: "Mine." })`,
  ),
  "RenameModelPayload.model": payload(
    WRITE,
    "model",
    ({ name }) => `renameModel(input: { model: { name: "${name}" }, newName: "${name}-renamed" })`,
  ),
  "RestoreModelPayload.model": {
    scopes: ["models:delete", "stages:staging", "stages:production", "stages:archived", "aliases:write"],
    document: ({ id }, select) => `mutation {
      deleteModel(input: { model: { id: "${id}" }, force: true }) { deletedId }
      did: restoreModel(input: { id: "${id}" }) { at: model ${select} }
    }`,
  },
  "CreateModelVersionPayload.modelVersion": payload(
    WRITE,
    "modelVersion",
    ({ name }) => `createModelVersion(input: { model: { name: "${name}" }, source: "s3://mine/5" })`,
  ),
  "UpdateModelVersionPayload.modelVersion": payload(
    WRITE,
    "modelVersion",
    (seed) => `updateModelVersion(input: { version: ${nth(seed, 1)}, description: "Mine." })`,
  ),
  "RestoreModelVersionPayload.modelVersion": payload(
    { scopes: ["models:delete"] },
    "modelVersion",
    ({ versions }) => `restoreModelVersion(input: { id: "${versions[3]}" })`,
  ),
  "TransitionModelVersionPayload.modelVersion": payload(MOVE, "modelVersion", move),
  "TransitionModelVersionPayload.transition": payload(MOVE, "transition", move),
  "TransitionModelVersionPayload.archived": payload(MOVE, "archived", move),
  "SetAliasPayload.alias": payload(ALIAS, "alias", setAlias),
  "SetAliasPayload.previous": payload(ALIAS, "previous", setAlias),
  "SetAliasPayload.transition": payload(ALIAS, "transition", setAlias),
  "DeleteAliasPayload.previous": payload(ALIAS, "previous", deleteAlias),
  "DeleteAliasPayload.transition": payload(ALIAS, "transition", deleteAlias),
  "RollbackPayload.modelVersion": payload(ALIAS, "modelVersion", rollbackAlias),
  "RollbackPayload.aliasTransition": payload(ALIAS, "aliasTransition", rollbackAlias),
  "RollbackPayload.transition": {
    scopes: ["stages:staging", "stages:production", "stages:archived"],
    document: (seed, select) => `mutation {
      transitionModelVersion(input: { version: ${nth(seed, 2)}, to: PRODUCTION, archiveExisting: true }) { __typename }
      did: rollback(input: { model: { name: "${seed.name}" }, target: { stage: PRODUCTION } }) { at: transition ${select} }
    }`,
  },
  "ReportCheckPayload.check": payload({ scopes: ["checks:write"] }, "check", report),
  "Query.overrides": {
    scopes: ["models:read", "audit:read"],
    ofOverride: true,
    document: ({ name }, select) => `{ at: overrides(where: { model: { equals: "${name}" } }) ${select} }`,
  },
  "AcknowledgeOverridePayload.decision": {
    ofOverride: true,
    ...payload(
      { scopes: ["policies:override"] },
      "decision",
      ({ override }) => `acknowledgeOverride(input: { decision: "${override}" })`,
    ),
  },
  "Query.promotionDecisions": read(({ name }) => `promotionDecisions(where: { model: { equals: "${name}" } })`),
  "Query.previewPromotion": read((seed) => `previewPromotion(version: ${nth(seed, 1)}, target: { alias: "gated" })`),
  "SetTagPayload.model": payload(WRITE, "model", (seed) => setTag(onModel(seed))),
  "SetTagPayload.modelVersion": payload(WRITE, "modelVersion", (seed) => setTag(onVersion(seed))),
  "DeleteTagPayload.model": payload(WRITE, "model", (seed) => deleteTag(onModel(seed))),
  "DeleteTagPayload.modelVersion": payload(WRITE, "modelVersion", (seed) => deleteTag(onVersion(seed))),
} as const satisfies Record<string, EntryPoint>;

/** The selection below an entry point, by its type, that contains a version's source. */
export const TO_SOURCE: Readonly<Record<string, string>> = {
  Model: "{ latestVersion { number source } }",
  ModelVersion: "{ number source }",
  StageTransition: "{ modelVersion { number source } }",
  AliasTransition: "{ modelVersion { number source } previous { number source } }",
  Alias: "{ modelVersion { number source } }",
  Node: "{ ... on ModelVersion { number source } }",
  VersionComparison: "{ versions { number source } }",
  PromotionPreview: "{ rules { evidence { check { modelVersion { number source } } } } }",
  Check: "{ modelVersion { number source } }",
  PromotionDecision: "{ modelVersion { number source } }",
  PromotionDecisionConnection: "{ nodes { modelVersion { number source } } }",
  ModelConnection: "{ nodes { latestVersion { number source } } }",
  ModelVersionConnection: "{ nodes { number source } }",
  StageTransitionConnection: "{ nodes { modelVersion { number source } } }",
  AliasTransitionConnection: "{ nodes { modelVersion { number source } previous { number source } } }",
};

const below = (walk: string): EntryPoint => ({
  document: ({ name }, select) => `{ model(name: "${name}") { ${walk.replace("…", select)} } }`,
});

/** The paths to a version from an object that the viewer may see; by the field that returns the version. */
export const INNER_ENTRY_POINTS: Readonly<Record<string, readonly EntryPoint[]>> = {
  "Model.latestVersion": [below("latestVersion …")],
  "Model.version": [below("version(number: 1) …")],
  "Model.versionByAlias": [
    below('versionByAlias(alias: "champion") …'),
    below('versionByAlias(alias: "champion", at: "2999-01-01T00:00:00Z") …'),
  ],
  "Model.stageHolder": [
    below("stageHolder(stage: PRODUCTION) …"),
    below("stageHolder(stage: NONE) …"),
    below('stageHolder(stage: PRODUCTION, at: "2999-01-01T00:00:00Z") …'),
  ],
  "Holder.modelVersion": [
    {
      document: ({ name }, select) =>
        `{ holders(where: { models: ["${name}"] }) { holders { modelVersion ${select} } } }`,
    },
  ],
  "StageSummary.current": [below("stages { current … }"), below('stages(at: "2999-01-01T00:00:00Z") { current … }')],
  "ModelVersionConnection.nodes": [
    below("versions { nodes … }"),
    below("versions(last: 1) { totalCount nodes … }"),
    { document: ({ name }, s) => `{ modelVersions(where: { model: { equals: "${name}" } }) { nodes ${s} } }` },
  ],
  "ModelVersionEdge.node": [
    below("versions { edges { node … } }"),
    { document: ({ name }, s) => `{ modelVersions(where: { model: { equals: "${name}" } }) { edges { node ${s} } } }` },
  ],
  "Alias.modelVersion": [
    below("aliases { modelVersion … }"),
    below("latestVersion { aliases { modelVersion … } }"),
    below('latestVersion { model { versionByAlias(alias: "champion") … } }'),
  ],
  "StageTransition.modelVersion": [
    below("transitions { nodes { modelVersion … } }"),
    below("version(number: 1) { transitions { edges { node { modelVersion … } } } }"),
    {
      document: ({ transition }, s) => `{ node(id: "${transition}") { ... on StageTransition { modelVersion ${s} } } }`,
    },
    {
      document: ({ name }, s) =>
        `{ stageTransitions(where: { model: { equals: "${name}" } }) { edges { node { modelVersion ${s} } } } }`,
    },
  ],
  "AliasTransition.modelVersion": [
    below("aliasTransitions { nodes { modelVersion … } }"),
    {
      document: ({ aliasTransition }, s) =>
        `{ node(id: "${aliasTransition}") { ... on AliasTransition { modelVersion ${s} } } }`,
    },
    {
      document: ({ name }, s) =>
        `{ aliasTransitions(where: { model: { equals: "${name}" } }) { edges { node { modelVersion ${s} } } } }`,
    },
  ],
  "AliasTransition.previous": [
    below("aliasTransitions(last: 3) { edges { node { previous … } } }"),
    {
      document: ({ aliasTransition }, s) =>
        `{ nodes(ids: ["${aliasTransition}"]) { ... on AliasTransition { previous ${s} } } }`,
    },
  ],
  "Check.modelVersion": [below("version(number: 1) { checks { nodes { modelVersion … } } }")],
  "PromotionRequest.modelVersion": [
    below("promotionRequests { nodes { modelVersion … } }"),
    {
      document: ({ name }, s) =>
        `{ promotionRequests(where: { model: { equals: "${name}" } }) { edges { node { modelVersion ${s} } } } }`,
    },
  ],
  "PromotionDecision.modelVersion": [
    below("decisions { nodes { modelVersion … } }"),
    below("aliasTransitions { nodes { decision { modelVersion … } } }"),
    {
      document: ({ name }, s) =>
        `{ promotionDecisions(where: { model: { equals: "${name}" } }) { edges { node { modelVersion ${s} } } } }`,
    },
  ],
  "PolicyImpactPromotion.modelVersion": [
    {
      scopes: ["audit:read"],
      document: ({ name }, s) => `{ policyImpact(days: 1, policy: {
        selector: { models: ["${name}"] }, target: { stages: [STAGING, PRODUCTION], aliases: ["*"] }, rules: [{ reason: {} }]
      }) { promotions { nodes { modelVersion ${s} } } } }`,
    },
  ],
  "ReportedPromotion.modelVersion": [
    {
      scopes: ["audit:read"],
      document: ({ name }, s) => `{ promotionReport(where: { models: ["${name}"] }) { nodes { modelVersion ${s} } } }`,
    },
  ],
  "Query.node": [{ document: ({ versions }, s) => `{ node(id: "${versions[0]}") { ... on ModelVersion ${s} } }` }],
  "Query.nodes": [
    {
      document: ({ versions: [a, b] }, s) => `{ nodes(ids: ["${a}", "${b}"]) { ... on ModelVersion ${s} } }`,
    },
  ],
  "VersionComparison.versions": [
    { document: (seed, s) => `{ compareVersions(versions: [${nth(seed, 1)}, ${nth(seed, 2)}]) { versions ${s} } }` },
  ],
  "Deployment.desired": [below("deployments { nodes { desired … } }")],
  "DeployedVersion.modelVersion": [
    below("deployments { nodes { running { modelVersion … } } }"),
    below("version(number: 1) { deployments { nodes { running { modelVersion … } } } }"),
    { document: (_seed, s) => `{ deployments { edges { node { running { modelVersion ${s} } } } } }` },
  ],
  "UpstreamLink.modelVersion": [below("version(number: 2) { upstream { nodes { modelVersion … } } }")],
  "DownstreamLink.modelVersion": [below("version(number: 1) { downstream { edges { node { modelVersion … } } } }")],
  "LineageNode.node": [
    {
      document: (seed, s) =>
        `{ lineage(of: { modelVersion: ${nth(seed, 1)} }, direction: BOTH, kinds: [MODEL_VERSION]) { nodes { node { ... on ModelVersion ${s} } } } }`,
    },
  ],
  "Query.modelVersion": [
    { document: ({ versions }, s) => `{ modelVersion(ref: { id: "${versions[0]}" }) ${s} }` },
    { document: (seed, s) => `{ modelVersion(ref: ${nth(seed, 2)}) ${s} }` },
    { document: ({ name }, s) => `{ modelVersion(ref: { alias: { model: "${name}", alias: "champion" } }) ${s} }` },
  ],
};
