import type { RuleResult as Result } from "../../domain/governance/decision.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { isStorable } from "../../domain/values/text.js";
import { visibleDecision } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { ACTED_BY, Actor, actedBy, ON_BEHALF_OF, onBehalfOf } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { actorWhere, modelConditions, rangeWhere } from "../kit/conditions.js";
import { ActorFilter, DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import { encodeId, Node } from "../kit/ids.js";
import { nestedList, readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { NEWEST_REVISION_FIRST, type PageArgs } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { living, loadRowBelow } from "../kit/visible-rows.js";
import { Model } from "../models/model.js";
import { countBy } from "../request/loaders.js";
import { AliasTransition } from "../versions/alias-transition.js";
import { ModelVersion } from "../versions/model-version.js";
import { StageTransition } from "../versions/stage-transition.js";
import { RuleStatus } from "./rule-enums.js";
import { GuardingPolicy, RuleResult } from "./rule-result.js";

export const PromotionDecision = builder.prismaObject("PromotionDecision", {
  description:
    "What was decided about a promotion onto a guarded stage or alias: the policies of then, and each rule with what it looked at. It stands in the hashed body of the promotion's event. Never updated and never deleted.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The decision's global id.", resolve: ({ id }) => encodeId("PromotionDecision", id) }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that was promoted; null if it is deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ modelVersion }) => living(modelVersion),
    }),
    versionNumber: t.int({
      description: "The number of the version that was promoted, also if it is deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    stage: t.expose("stage", {
      type: Stage,
      nullable: true,
      description: "The stage that it was promoted to; null if that was an alias.",
    }),
    alias: t.exposeString("alias", {
      nullable: true,
      description: "The alias that it was promoted to; null if that was a stage.",
    }),
    isRollback: t.exposeBoolean("isRollback"),
    overrideReason: t.exposeString("overrideReason", { nullable: true }),
    policies: t.field({
      type: [GuardingPolicy],
      description: "The policies that guarded the target, as they were then.",
      select: { policies: true },
      resolve: ({ policies }) => policies as { name: string; revision: number; mode: Result["mode"] }[],
    }),
    rules: t.field({
      type: [RuleResult],
      description: "What each rule said.",
      select: { rules: true },
      resolve: ({ rules }, _args, { viewer }) => visibleResults(viewer, rules as unknown as Result[]),
    }),
    actor: t.field({
      type: Actor,
      description: "Who promoted it: of a request that executes itself, whoever gave the last approval.",
      select: ACTED_BY,
      resolve: actedBy,
    }),
    onBehalfOf: t.field({
      type: Actor,
      nullable: true,
      description: "The requester, if an approval made the move with the requester's rights; null otherwise.",
      select: ON_BEHALF_OF,
      resolve: onBehalfOf,
    }),
    at: t.expose("at", { type: "DateTime" }),
    revision: t.expose("revision", { type: "Long" }),
  }),
});

const DECISION = "What policies said about the move; null if none guarded what it moved to.";

builder.prismaObjectField(StageTransition, "decision", (t) =>
  t.field({
    type: PromotionDecision,
    nullable: true,
    description: DECISION,
    select: { id: true },
    resolve: ({ id }, _args, context, info) => loadRowBelow({ context, info }, "PromotionDecision", id),
  }),
);

builder.prismaObjectField(AliasTransition, "decision", (t) =>
  t.field({
    type: PromotionDecision,
    nullable: true,
    description: DECISION,
    select: { id: true },
    resolve: ({ id }, _args, context, info) => loadRowBelow({ context, info }, "PromotionDecision", id),
  }),
);

const PromotionDecisionFilter = filterType("PromotionDecisionFilter", "decisions", (t) => ({
  model: t.field({ type: StringFilter, description: "The current name of the model." }),
  overridden: t.boolean({ description: "Whether policies were overridden." }),
  policy: t.string({ description: "A policy of this name had a rule in it." }),
  status: t.field({
    type: RuleStatus,
    description:
      "A rule had this status; with `policy`, one of that policy. EVALUATED: what enforcing would have refused.",
  }),
  actor: t.field({ type: ActorFilter, description: "Who promoted the version." }),
  at: t.field({ type: DateTimeFilter, description: "When it was decided." }),
}));

type GivenFilter = typeof PromotionDecisionFilter.$inferInput | null | undefined;

function decisionWhere(filter: GivenFilter): Prisma.PromotionDecisionWhereInput {
  return matching(
    filter,
    ({ model, overridden, policy, status, actor, at }, field): Prisma.PromotionDecisionWhereInput => ({
      AND: modelConditions(`${field}.model`, model),
      ...(typeof overridden === "boolean" ? { overrideReason: overridden ? { not: null } : null } : {}),
      ...ruleWhere({ policy, status }),
      ...actorWhere(actor),
      ...(at ? { at: rangeWhere(at) } : {}),
    }),
  );
}

/** One rule has both. */
export function ruleWhere(
  given: Record<"policy" | "status", string | null | undefined>,
): Prisma.PromotionDecisionWhereInput {
  const wanted = Object.entries(given).filter(([, value]) => typeof value === "string");
  if (wanted.length === 0) return {};
  if (wanted.some(([, value]) => !isStorable(value ?? ""))) return { id: { in: [] } };
  return { rules: { array_contains: [Object.fromEntries(wanted)] as Prisma.InputJsonArray } };
}

export const decisionPages = pageTypes(PromotionDecision, { one: "a decision", many: "decisions" });

interface DecisionsArgs extends PageArgs {
  readonly where?: GivenFilter;
}

const decisionsOfModel = nestedList({
  name: "Model.decisions",
  typeName: "PromotionDecision",
  order: () => NEWEST_REVISION_FIRST,
  where: ({ where }: DecisionsArgs) => decisionWhere(where),
  count: countBy("modelId", ({ promotionDecision }) => promotionDecision),
});

builder.prismaObjectField(Model, "decisions", (t) =>
  t.connection(
    {
      type: PromotionDecision,
      description: "What was decided about promotions of the model's versions, the newest first.",
      args: { where: t.arg({ type: PromotionDecisionFilter, description: "Which decisions." }) },
      select: (args, context, nested) => ({ decisions: decisionsOfModel.select(nested, args, context) }),
      resolve: ({ id, decisions }, args, context) => decisionsOfModel.page({ id, rows: decisions }, args, context),
    },
    ...decisionPages,
  ),
);

builder.queryField("promotionDecisions", (t) =>
  t.connection(
    {
      type: PromotionDecision,
      description: "What was decided about promotions of all models that the viewer may see, the newest first.",
      args: { where: t.arg({ type: PromotionDecisionFilter, description: "Which decisions." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.promotionDecision,
          { args, context, info },
          {
            typeName: "PromotionDecision",
            list: { name: "promotionDecisions", where: args.where },
            order: NEWEST_REVISION_FIRST,
            where: { AND: [visibleDecision(context.viewer), decisionWhere(args.where)] },
          },
        ),
    },
    ...decisionPages,
  ),
);
