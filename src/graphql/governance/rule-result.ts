import type { RuleResult as Result } from "../../domain/governance/decision.js";
import type { Evidence as DomainEvidence } from "../../domain/governance/evidence.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { loadRowBelow } from "../kit/visible-rows.js";
import { Run } from "../tracking/run.js";
import { Check } from "./check.js";
import { EvidenceKind, PolicyMode, RuleKind, RuleStatus } from "./rule-enums.js";

export const Evidence = builder.objectRef<DomainEvidence>("Evidence").implement({
  description: "One thing that a rule looked at, as it was then.",
  fields: (t) => ({
    kind: t.field({ type: EvidenceKind, description: "What it is.", resolve: ({ kind }) => kind }),
    summary: t.exposeString("summary", { description: "In words, with the value." }),
    key: t.string({
      nullable: true,
      description: "The key of the metric or tag, the name of the check or of the field; null for others.",
      resolve: ({ key }) => key,
    }),
    value: t.string({
      nullable: true,
      description: "The value as text; null if it has none. Long values are shortened to 200 characters.",
      resolve: ({ value }) => (value === undefined ? null : String(value)),
    }),
    at: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was written, measured or reached; null if that is not known.",
      resolve: ({ at }) => (at === undefined ? null : new Date(at)),
    }),
    versionNumber: t.int({
      nullable: true,
      description: "The number of the version that it is about; null if that is the promoted version.",
      resolve: ({ versionNumber }) => versionNumber,
    }),
    datasetDigest: t.string({
      nullable: true,
      description: "The digest of the dataset that a metric was measured on; null for none.",
      resolve: ({ datasetDigest }) => datasetDigest,
    }),
    author: t.field({
      type: Actor,
      nullable: true,
      description: "Who wrote it; null if that is not known.",
      resolve: ({ author }) => author ?? null,
    }),
    run: t.field({
      type: Run,
      nullable: true,
      description: "The run that it is from, as it is now; null if it was deleted or the viewer may not see it.",
      resolve: ({ runId }, _args, context, info) =>
        runId === undefined ? null : loadRowBelow({ context, info }, "Run", runId),
    }),
    check: t.field({
      type: Check,
      nullable: true,
      description: "The check; null if it is none or the viewer may no longer see the version.",
      resolve: ({ checkId }, _args, context, info) =>
        checkId === undefined ? null : loadRowBelow({ context, info }, "Check", checkId),
    }),
  }),
});

export const RuleResult = builder.objectRef<Result>("PolicyRuleResult").implement({
  description: "What one rule of one policy says about a promotion.",
  fields: (t) => ({
    policy: t.exposeString("policy", { description: "The name of the policy." }),
    revision: t.exposeInt("revision", { description: "The revision of the policy." }),
    mode: t.field({ type: PolicyMode, description: "The mode of the policy.", resolve: ({ mode }) => mode }),
    position: t.exposeInt("position", { description: "The place of the rule in its policy, from 1." }),
    kind: t.field({ type: RuleKind, description: "The kind of the rule.", resolve: ({ kind }) => kind }),
    requirement: t.exposeString("requirement", { description: "What the rule requires, as a sentence." }),
    status: t.field({ type: RuleStatus, description: "What the rule says.", resolve: ({ status }) => status }),
    explanation: t.exposeString("explanation", { description: "What was found, as a sentence." }),
    satisfy: t.string({
      nullable: true,
      description: "What would satisfy the rule; null if it is met.",
      resolve: ({ satisfy }) => satisfy,
    }),
    evidence: t.field({
      type: [Evidence],
      description:
        "What the rule looked at, without what the viewer may not read: metrics, runs and datasets require `runs:read`.",
      resolve: ({ evidence }) => [...evidence],
    }),
  }),
});

interface DecidedPolicy {
  readonly name: string;
  readonly revision: number;
  readonly mode: Result["mode"];
}

export const GuardingPolicy = builder.objectRef<DecidedPolicy>("GuardingPolicy").implement({
  description: "A policy that guards a target of a model, as it was at a time.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The name." }),
    revision: t.exposeInt("revision", { description: "The revision." }),
    mode: t.field({ type: PolicyMode, description: "The mode.", resolve: ({ mode }) => mode }),
  }),
});
