import type { Actor as DomainActor } from "../../domain/access/actor.js";
import { acknowledgeOverride } from "../../registry/overrides/acknowledge-override.js";
import { visibleDecision } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { decisionPages, PromotionDecision, ruleWhere } from "../governance/decision.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { modelConditions } from "../kit/conditions.js";
import { StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import { parseId } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { nounPayload } from "../kit/mutations.js";
import { NEWEST_REVISION_FIRST } from "../kit/paging.js";

interface Override {
  readonly reason: string;
  readonly review: { readonly comment: string | null; readonly at: Date; readonly reviewer: DomainActor } | null;
}

const PromotionOverride = builder.objectRef<Override>("PromotionOverride").implement({
  description: "That somebody went past policies, and who looked at it since.",
  fields: (t) => ({
    reason: t.exposeString("reason", { description: "Why, as whoever overrode said." }),
    reviewedBy: t.field({
      type: Actor,
      nullable: true,
      description: "Who acknowledged it; null until somebody else than who overrode has.",
      resolve: ({ review }) => review?.reviewer ?? null,
    }),
    reviewedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was acknowledged.",
      resolve: ({ review }) => review?.at ?? null,
    }),
    comment: t.string({
      nullable: true,
      description: "What the reviewer wrote, in Markdown.",
      resolve: ({ review }) => review?.comment ?? null,
    }),
  }),
});

const REVIEW = {
  comment: true,
  at: true,
  reviewerIssuer: true,
  reviewerSubject: true,
  reviewerName: true,
  reviewerKind: true,
} as const satisfies Prisma.OverrideReviewSelect;
type ReviewRow = Prisma.OverrideReviewGetPayload<{ select: typeof REVIEW }>;

function toReview(row: ReviewRow | null): Override["review"] {
  if (!row) return null;
  const { comment, at, reviewerIssuer, reviewerSubject, reviewerName, reviewerKind } = row;
  const reviewer = { issuer: reviewerIssuer, subject: reviewerSubject, name: reviewerName, kind: reviewerKind };
  return { comment, at, reviewer };
}

builder.prismaObjectField(PromotionDecision, "override", (t) =>
  t.field({
    type: PromotionOverride,
    nullable: true,
    description: "The override by which it was promoted, and its review; null if it was not needed.",
    select: { overrideReason: true, review: { select: REVIEW } },
    resolve: ({ overrideReason: reason, review }) => (reason === null ? null : { reason, review: toReview(review) }),
  }),
);

const OverrideFilter = filterType("OverrideFilter", "overrides", (t) => ({
  reviewed: t.boolean({ description: "Whether somebody has acknowledged the override." }),
  model: t.field({ type: StringFilter, description: "The current name of the model." }),
  policy: t.string({ description: "The override went past a rule of the policy of this name." }),
}));

function overrideWhere(
  filter: typeof OverrideFilter.$inferInput | null | undefined,
): Prisma.PromotionDecisionWhereInput {
  return matching(
    filter,
    ({ reviewed, model, policy }, field): Prisma.PromotionDecisionWhereInput => ({
      AND: modelConditions(`${field}.model`, model),
      ...(typeof reviewed === "boolean" ? { review: reviewed ? { isNot: null } : { is: null } } : {}),
      ...(typeof policy === "string"
        ? { OR: ["FAILED", "PENDING"].map((status) => ruleWhere({ policy, status })) }
        : {}),
    }),
  );
}

const AcknowledgeOverridePayload = nounPayload("AcknowledgeOverridePayload", "What was acknowledged.", {
  name: "decision",
  type: PromotionDecision,
  node: "PromotionDecision",
  description: "The decision as it is now.",
});

builder.queryField("overrides", (t) =>
  t.connection(
    {
      type: PromotionDecision,
      description:
        "The decisions by which somebody went past policies, of all models that the viewer may see, the newest first. Each waits until somebody else acknowledges it: `where: { reviewed: false }`.",
      args: { where: t.arg({ type: OverrideFilter, description: "Which overrides." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.promotionDecision,
          { args, context, info },
          {
            typeName: "PromotionDecision",
            list: { name: "overrides", where: args.where },
            order: NEWEST_REVISION_FIRST,
            where: {
              AND: [visibleDecision(context.viewer), { overrideReason: { not: null } }, overrideWhere(args.where)],
            },
          },
        ),
    },
    ...decisionPages,
  ),
);

builder.mutationField("acknowledgeOverride", (t) =>
  t.fieldWithInput({
    type: AcknowledgeOverridePayload,
    description:
      "Records that somebody else than who overrode policies has looked at the override. An override is acknowledged once: again is `CONFLICT`. Requires `policies:override`; `FORBIDDEN` for whoever overrode, with whatever token.",
    input: {
      decision: t.input.id({ required: true, description: "The global id of the decision with the override." }),
      comment: t.input.string({ description: "A comment in Markdown, at most 10 000 characters." }),
    },
    resolve: (_root, { input }, { commands }) =>
      acknowledgeOverride(commands, {
        ...input,
        decision: parseId("input.decision", input.decision, "PromotionDecision"),
      }),
  }),
);
