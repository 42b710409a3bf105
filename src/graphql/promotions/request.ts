import { creatorOf } from "../../domain/access/actor.js";
import type { RuleResult as Result } from "../../domain/governance/decision.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { statusAt } from "../../domain/governance/request.js";
import { PromotionDecision } from "../governance/decision.js";
import { RuleResult } from "../governance/rule-result.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { nestedList } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { living } from "../kit/visible-rows.js";
import { countBy } from "../request/loaders.js";
import { ModelVersion } from "../versions/model-version.js";

export const PromotionRequestStatus = builder.enumType("PromotionRequestStatus", {
  description: "What became of a request.",
  values: {
    OPEN: { description: "It waits for approvals." },
    APPROVED: {
      description:
        "It has the approvals that the policies ask for: the requester can promote the version, or the server does.",
    },
    EXECUTED: { description: "The version was promoted." },
    REJECTED: { description: "Somebody rejected it." },
    CANCELLED: { description: "It was taken back." },
    EXPIRED: { description: "Its time is over. The requester can renew it." },
    STALE: { description: "What was seen when it was asked has changed. The requester can renew it." },
  } as const,
});

export const PromotionVerdict = builder.enumType("PromotionVerdict", {
  description: "What a reviewer decided.",
  values: {
    APPROVE: { description: "The version should be promoted." },
    REJECT: { description: "It should not." },
  } as const,
});

const PromotionReview = builder.prismaObject("PromotionReview", {
  description: "What somebody said about a request, with what the rules said then. Never updated and never deleted.",
  select: { id: true },
  fields: (t) => ({
    verdict: t.expose("verdict", { type: PromotionVerdict }),
    comment: t.exposeString("comment", { nullable: true }),
    reviewer: t.field({
      type: Actor,
      description: "Who reviewed it.",
      select: { author: { select: { issuer: true, subject: true, name: true, kind: true } } },
      resolve: ({ author }) => author,
    }),
    at: t.expose("at", { type: "DateTime" }),
    round: t.exposeInt("round"),
    rules: t.field({
      type: [RuleResult],
      description: "What each rule said then, among them the comparison with the holder of that time.",
      select: { rules: true },
      resolve: ({ rules }, _args, { viewer }) => visibleResults(viewer, rules as unknown as Result[]),
    }),
  }),
});

const PromotionComment = builder.prismaObject("PromotionComment", {
  description: "A comment on a request. Never updated and never deleted.",
  select: { id: true },
  fields: (t) => ({
    body: t.exposeString("body"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    createdBy: t.field({ type: Actor, description: "Who wrote it.", select: CREATED_BY, resolve: creatorOf }),
  }),
});

export const PromotionRequest = builder.prismaObject("PromotionRequest", {
  description: "The wish that a version is promoted, which waits for the approvals that policies ask for.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The request's global id.", resolve: ({ id }) => encodeId("PromotionRequest", id) }),
    status: t.field({
      type: PromotionRequestStatus,
      description:
        "What became of it. A request past its time is EXPIRED at once; whether one is STALE is looked at every minute, at each approval and at the move.",
      select: { status: true, expiresAt: true },
      resolve: (row, _args, { now }) => statusAt(row, now()),
    }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version; null if it is deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ modelVersion }) => living(modelVersion),
    }),
    versionNumber: t.int({
      description: "The number of the version, also if it is deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    stage: t.expose("stage", {
      type: Stage,
      nullable: true,
      description: "The stage to promote to; null for an alias.",
    }),
    alias: t.exposeString("alias", { nullable: true, description: "The alias to promote to; null for a stage." }),
    reason: t.exposeString("reason", { nullable: true }),
    archiveExisting: t.exposeBoolean("archiveExisting"),
    autoExecute: t.exposeBoolean("autoExecute"),
    requestedBy: t.field({ type: Actor, description: "Who asked.", select: CREATED_BY, resolve: creatorOf }),
    round: t.exposeInt("round"),
    staleReasons: t.exposeStringList("staleReasons"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    expiresAt: t.expose("expiresAt", { type: "DateTime" }),
    closedAt: t.expose("closedAt", { type: "DateTime", nullable: true }),
    decision: t.relation("decision", {
      type: PromotionDecision,
      nullable: true,
      description: "What was decided when it was executed; null until then.",
    }),
  }),
});

const reviewPages = pageTypes(PromotionReview, { one: "a review", many: "reviews" });

const reviews = nestedList({
  name: "PromotionRequest.reviews",
  typeName: "PromotionReview",
  order: () => ({ columns: byColumn("at", "date"), direction: "asc" as const }),
  where: () => ({}),
  filter: () => null,
  count: countBy("requestId", ({ promotionReview }) => promotionReview),
});

builder.prismaObjectField(PromotionRequest, "reviews", (t) =>
  t.connection(
    {
      type: PromotionReview,
      description: "The reviews of all rounds, the oldest first. Only those of the present round count.",
      select: (args, context, nested) => ({ reviews: reviews.select(nested, args, context) }),
      resolve: ({ id, reviews: rows }, args, context) => reviews.page({ id, rows }, args, context),
    },
    ...reviewPages,
  ),
);

const commentPages = pageTypes(PromotionComment, { one: "a comment", many: "comments" });

const comments = nestedList({
  name: "PromotionRequest.comments",
  typeName: "PromotionComment",
  order: () => ({ columns: byColumn("createdAt", "date"), direction: "asc" as const }),
  where: () => ({}),
  filter: () => null,
  count: countBy("requestId", ({ promotionComment }) => promotionComment),
});

builder.prismaObjectField(PromotionRequest, "comments", (t) =>
  t.connection(
    {
      type: PromotionComment,
      description: "The comments, the oldest first.",
      select: (args, context, nested) => ({ comments: comments.select(nested, args, context) }),
      resolve: ({ id, comments: rows }, args, context) => comments.page({ id, rows }, args, context),
    },
    ...commentPages,
  ),
);
