import { InvalidInputError } from "../../domain/errors.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { parsePolicy } from "../../domain/governance/parse-policy.js";
import type { RuleInput } from "../../domain/governance/parse-rule.js";
import type { PolicyDefinition } from "../../domain/governance/policy.js";
import type { ReplayedRule } from "../../domain/governance/replay/replay.js";
import { DEFAULT_PAGE_SIZE } from "../../domain/values/page-size.js";
import { requirePolicyRights } from "../../registry/governance/apply-policy.js";
import { countImpact, type ReplayedPromotion, readImpact } from "../../store/governance/replay/impact.js";
import { type ImpactWindow, readWindow } from "../../store/governance/replay/moves.js";
import { once } from "../../util/once.js";
import { Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { toConnection } from "../kit/connection.js";
import { pageTypes } from "../kit/page-types.js";
import { planRevisions } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { loadRow } from "../kit/visible-rows.js";
import { ModelVersion } from "../versions/model-version.js";
import { PromotionDecision } from "./decision.js";
import { PolicyProtectionInput, PolicySelectorInput, PolicyTargetInput } from "./policy-input.js";
import { ImpactVerdict, PolicyMode, ReplaySource, ReplayStatus, RuleKind } from "./rule-enums.js";
import { PolicyRuleInput } from "./rule-inputs.js";
import { Evidence } from "./rule-result.js";

interface Impact {
  readonly draft: PolicyDefinition;
  readonly days: number;
  readonly window: ImpactWindow;
  /** Replays the whole window, on the first call only. */
  readonly count: () => ReturnType<typeof countImpact>;
}

const DAYS_MAX = 365;

const ReplayedRuleType = builder.objectRef<ReplayedRule>("ReplayedRule").implement({
  description: "What one rule of a draft would have said about a promotion of the past.",
  fields: (t) => ({
    position: t.exposeInt("position", { description: "The place of the rule in the draft, from 1." }),
    kind: t.field({ type: RuleKind, description: "The kind of the rule.", resolve: ({ kind }) => kind }),
    requirement: t.exposeString("requirement", { description: "What the rule requires, as a sentence." }),
    status: t.field({
      type: ReplayStatus,
      description: "What the rule would have said.",
      resolve: ({ status }) => status,
    }),
    source: t.field({ type: ReplaySource, description: "How that is known.", resolve: ({ source }) => source }),
    explanation: t.exposeString("explanation", {
      description: "What was found, or why nothing is known, as a sentence.",
    }),
    evidence: t.field({
      type: [Evidence],
      description:
        "What the rule looked at, without what the viewer may not read: metrics, runs and datasets require `runs:read`.",
      resolve: ({ evidence }) => [...evidence],
    }),
  }),
});

const PolicyImpactPromotion = builder.objectRef<ReplayedPromotion>("PolicyImpactPromotion").implement({
  description: "A promotion of the past, and what a draft would have said about it.",
  fields: (t) => ({
    modelName: t.exposeString("modelName", { description: "The current name of the model." }),
    versionNumber: t.exposeInt("versionNumber", { description: "The number of the version that was promoted." }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that was promoted; null if it is deleted or the viewer may not see it.",
      resolve: ({ versionId }, _args, context, info) => loadRow({ context, info }, "ModelVersion", versionId),
    }),
    stage: t.field({
      type: Stage,
      nullable: true,
      description: "The stage that it was promoted to; null if that was an alias.",
      resolve: ({ stage }) => stage,
    }),
    alias: t.exposeString("alias", {
      nullable: true,
      description: "The alias that it was promoted to; null if that was a stage.",
    }),
    reason: t.exposeString("reason", { nullable: true, description: "The reason that the actor gave." }),
    actor: t.field({ type: Actor, description: "Who promoted it.", resolve: actedBy }),
    at: t.expose("at", { type: "DateTime", description: "When it was promoted." }),
    revision: t.expose("revision", { type: "Long", description: "The revision of the promotion's event." }),
    verdict: t.field({
      type: ImpactVerdict,
      description: "What the draft would have said.",
      resolve: ({ verdict }) => verdict,
    }),
    rules: t.field({
      type: [ReplayedRuleType],
      description: "What each rule of the draft would have said.",
      resolve: ({ rules }, _args, { viewer }) => visibleResults(viewer, rules),
    }),
    decision: t.field({
      type: PromotionDecision,
      nullable: true,
      description: "What the policies of then said; null if none guarded the target.",
      resolve: ({ id }, _args, context, info) => loadRow({ context, info }, "PromotionDecision", id),
    }),
  }),
});

const ImpactCounts = builder.objectRef<Awaited<ReturnType<typeof countImpact>>>("PolicyImpactCounts").implement({
  description: "How many promotions a draft would have blocked.",
  fields: (t) => ({
    promotions: t.int({
      description: "All that were examined.",
      resolve: ({ BLOCKED, UNKNOWN, ALLOWED }) => BLOCKED + UNKNOWN + ALLOWED,
    }),
    blocked: t.int({ description: "Those with a rule that was not met.", resolve: ({ BLOCKED }) => BLOCKED }),
    unknown: t.int({
      description: "The others of which a rule is not known.",
      resolve: ({ UNKNOWN }) => UNKNOWN,
    }),
    allowed: t.int({ description: "Those that met all rules.", resolve: ({ ALLOWED }) => ALLOWED }),
  }),
});

const pages = pageTypes(PolicyImpactPromotion, { one: "a promotion", many: "promotions" });

const PolicyImpact = builder.objectRef<Impact>("PolicyImpact").implement({
  description:
    "What a draft of a policy would have said about promotions of the past. Models are selected by their names and tags of now. Deleted models are left out. Rules are asked, and not what the policy protects.",
  fields: (t) => ({
    since: t.field({
      type: "DateTime",
      description: "The time of the oldest promotion that can be in the answer.",
      resolve: ({ window }) => window.since,
    }),
    until: t.field({
      type: "DateTime",
      description: "The time of the newest promotion that can be in the answer.",
      resolve: ({ window }) => window.until,
    }),
    examined: t.int({
      description: "The number of promotions that are examined: the newest, at most 5 000.",
      resolve: ({ window }) => window.examined,
    }),
    isComplete: t.boolean({
      description: "Whether these are all promotions since `since`.",
      resolve: ({ window }) => window.isComplete,
    }),
    counts: t.field({
      type: ImpactCounts,
      description: "How many of the examined promotions the draft would have blocked. Replays all of them.",
      complexity: { field: 1_000 },
      resolve: ({ count }) => count(),
    }),
    promotions: t.connection(
      {
        type: PolicyImpactPromotion,
        description: "The examined promotions, the newest first.",
        complexity: (args) => ({
          field: args.verdict ? 2_000 : 1,
          multiplier: args.first ?? args.last ?? DEFAULT_PAGE_SIZE,
        }),
        args: {
          verdict: t.arg({
            type: ImpactVerdict,
            description: "Only those with this verdict. Replays more than a page.",
          }),
        },
        resolve: async ({ draft, days, window, count }, { verdict = null, ...args }, { db, commands: { people } }) => {
          const list = { name: "PolicyImpact.promotions", where: { draft, days, verdict } };
          const page = planRevisions(args, "desc", list);
          const rows = await readImpact(db, { draft, people }, window, { ...page, verdict });
          return toConnection(rows, page, async () => (verdict === null ? window.examined : (await count())[verdict]));
        },
      },
      ...pages,
    ),
  }),
});

const PolicyDraftInput = builder.inputType("PolicyDraftInput", {
  description: "A policy as `applyPolicy` takes it, which is not written.",
  fields: (t) => ({
    name: t.string({ defaultValue: "draft", description: "The name. It decides nothing." }),
    mode: t.field({ type: PolicyMode, description: "The mode. It decides nothing: the rules are asked in each." }),
    selector: t.field({ type: PolicySelectorInput, description: "Which models. Default: all." }),
    target: t.field({ type: PolicyTargetInput, required: true, description: "Which stages and aliases." }),
    rules: t.field({ type: [PolicyRuleInput], description: "What must hold: at most 100 rules." }),
    protection: t.field({
      type: PolicyProtectionInput,
      description: "What is protected. It is checked, and not asked.",
    }),
  }),
});

builder.queryField("policyImpact", (t) =>
  t.field({
    type: PolicyImpact,
    description:
      "What a draft of a policy would have said about the promotions of the last days. An equal rule of a policy of then says what its decision recorded; other rules are asked of the history. What was not recorded is `UNKNOWN`. Requires `audit:read` and a token without a `models` claim.",
    args: {
      policy: t.arg({ type: PolicyDraftInput, required: true, description: "The draft." }),
      days: t.arg.int({ required: true, description: "How many days to look back, 1 to 365." }),
    },
    resolve: async (_root, { policy, days }, { db, viewer, now, commands: { people } }) => {
      requirePolicyRights(viewer, "audit:read", "policyImpact");
      if (days < 1 || days > DAYS_MAX) throw new InvalidInputError("days", `days must be from 1 to ${DAYS_MAX}.`);
      const { name, rules, ...rest } = policy;
      const { definition: draft } = parsePolicy("policy", {
        ...rest,
        name: name ?? "draft",
        rules: rules as readonly RuleInput[] | null | undefined,
      });
      const window = await readWindow(db, draft, { days, until: now() });
      return { draft, days, window, count: once(() => countImpact(db, { draft, people }, window)) };
    },
  }),
);
