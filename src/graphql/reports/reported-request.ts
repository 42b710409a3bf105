import type { ReportedRequest as Request, ReportedReview as Review } from "../../domain/reports/reported-promotion.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { PromotionVerdict } from "../promotions/request.js";

const ReportedReview = builder.objectRef<Review>("ReportedReview").implement({
  description: "What somebody said about the request of a promotion.",
  fields: (t) => ({
    verdict: t.field({
      type: PromotionVerdict,
      description: "What the reviewer decided.",
      resolve: ({ verdict }) => verdict,
    }),
    reviewer: t.field({ type: Actor, description: "Who reviewed it.", resolve: ({ reviewer }) => reviewer }),
    comment: t.exposeString("comment", { nullable: true, description: "What the reviewer wrote." }),
    at: t.expose("at", { type: "DateTime", description: "When it was reviewed." }),
    round: t.exposeInt("round", { description: "The round of the request." }),
  }),
});

export const ReportedRequest = builder.objectRef<Request>("ReportedRequest").implement({
  description: "The request that a promotion executed.",
  fields: (t) => ({
    requestId: t.id({
      description: "The request's global id.",
      resolve: ({ id }) => encodeId("PromotionRequest", id),
    }),
    requestedBy: t.field({ type: Actor, description: "Who asked.", resolve: ({ requestedBy }) => requestedBy }),
    reason: t.exposeString("reason", { nullable: true, description: "The reason that the requester gave." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked." }),
    round: t.exposeInt("round", { description: "The round in which it was executed. Only its reviews counted." }),
    reviews: t.field({
      type: [ReportedReview],
      description: "The reviews of all rounds, the oldest first.",
      resolve: ({ reviews }) => [...reviews],
    }),
  }),
});
