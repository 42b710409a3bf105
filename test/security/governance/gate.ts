import type { As } from "../../support/server.js";

/** Whoever builds and promotes: every right but those over policies. */
export const PIPELINE: As = {
  subject: "pipeline",
  scopes: [
    "models:read",
    "models:write",
    "models:delete",
    "aliases:write",
    "stages:staging",
    "stages:production",
    "stages:archived",
    "runs:read",
    "runs:write",
    "checks:write",
  ],
};
/** Who may also override a policy. */
export const ON_CALL: As = {
  ...PIPELINE,
  subject: "on-call",
  scopes: [...(PIPELINE.scopes ?? []), "policies:override"],
};
/** Whose approval counts. */
export const RISK: As = { ...PIPELINE, subject: "risk", groups: ["risk"] };
export const OFFICER: As = { ...PIPELINE, subject: "officer", scopes: [...(PIPELINE.scopes ?? []), "policies:write"] };

/** Guards PRODUCTION and the aliases `live*` of the models `guarded*` that are not tagged as of low risk. */
export const GATE = `applyPolicy(input: {
  name: "gate"
  selector: { models: ["guarded*"], tags: [{ key: "risk-tier", values: ["high"] }] }
  target: { stages: [PRODUCTION], aliases: ["live*"] }
  rules: [{ tag: { key: "approved", values: ["yes"] } }]
  protection: { reservedTags: [{ keys: ["approved*"], from: { groups: ["risk"] } }] }
}) { revision }`;

export const byNumber = (model: string, number: number) => `{ number: { model: "${model}", number: ${number} } }`;
export const onModel = (name: string) => `on: { model: { name: "${name}" } }`;
export const onVersion = (model: string, number: number) => `on: { modelVersion: ${byNumber(model, number)} }`;
export const register = (model: string, more = "") =>
  `createModelVersion(input: { model: { name: "${model}" }, createModel: true, source: "s3://bucket/${model}" ${more} })`;
export const move = (model: string, number: number, to: string, more = "") =>
  `transitionModelVersion(input: { version: ${byNumber(model, number)}, to: ${to} ${more} })`;
export const point = (alias: string, model: string, number: number, more = "") =>
  `setAlias(input: { version: ${byNumber(model, number)}, alias: "${alias}" ${more} })`;
export const tagged = (on: string, key: string, value: string) =>
  `setTag(input: { ${on}, key: "${key}", value: "${value}" })`;

/** Several mutations of one document. */
export const all = (...mutations: string[]) =>
  mutations.map((mutation, index) => `m${index}: ${mutation} { __typename }`).join("\n");
