import { cancelPromotion, commentPromotion, renewPromotion } from "../../registry/promotions/close-promotion.js";
import { requestPromotion } from "../../registry/promotions/request-promotion.js";
import { approvePromotion, rejectPromotion } from "../../registry/promotions/review-promotion.js";
import { PromotionTarget, toTarget } from "../governance/target.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { IDEMPOTENCY_KEY, nounPayload, REASON } from "../kit/mutations.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { PromotionRequest } from "./request.js";

const REQUEST_FIELD = {
  name: "request",
  type: PromotionRequest,
  node: "PromotionRequest",
  description: "The request as it is now.",
} as const;

const payloadOf = (name: string, description: string) => nounPayload(`${name}Payload`, description, REQUEST_FIELD);
const RequestPromotionPayload = payloadOf(
  "RequestPromotion",
  "What was asked. For a repeated idempotency key, the result of the first request.",
);
const ApprovePromotionPayload = payloadOf("ApprovePromotion", "What was approved.");
const RejectPromotionPayload = payloadOf("RejectPromotion", "What was rejected.");
const CancelPromotionPayload = payloadOf("CancelPromotion", "What was taken back.");
const RenewPromotionPayload = payloadOf("RenewPromotion", "What was asked again.");
const CommentPromotionPayload = payloadOf("CommentPromotion", "What was commented on.");

const COMMENT = "A comment in Markdown, at most 10 000 characters.";
const REQUEST_ID = "The request's global id.";

builder.mutationFields((t) => ({
  requestPromotion: t.fieldWithInput({
    type: RequestPromotionPayload,
    description:
      "Asks others to approve a promotion, where a policy has a rule for approvals. With enough of them the request is APPROVED, and the requester's `transitionModelVersion` or `setAlias` goes through while nothing changes; with `autoExecute` the last approval makes the move. Requires the scopes of the move.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      target: t.input.field({ type: PromotionTarget, required: true, description: "What to promote it to." }),
      reason: t.input.string({ description: REASON }),
      archiveExisting: t.input.boolean({
        defaultValue: false,
        description: "Whether the move is to archive the other versions in the stage.",
      }),
      autoExecute: t.input.boolean({
        defaultValue: false,
        description:
          "Whether the last approval makes the move, with the rights that the token has now: that it expires does not end them, that it is revoked does. If a rule is not met then, such as a check that is missing, the server makes the move within a minute of when it is.",
      }),
      lifetimeSeconds: t.input.int({
        description: "For how many seconds it can be approved and executed, 60 to 31 536 000. Default: 14 days.",
      }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      requestPromotion(commands, {
        ...input,
        version: toVersionRef("input.version", input.version),
        target: toTarget("input.target", input.target),
      }),
  }),
  approvePromotion: t.fieldWithInput({
    type: ApprovePromotionPayload,
    description:
      "Approves a request for what is seen now: a rule that is met by evidence makes the request stale if that evidence changes. Each person approves once, whatever the number of tokens. Requires `stages:approve`; `FORBIDDEN` if the approval would count for no policy.",
    input: {
      request: t.input.id({ required: true, description: REQUEST_ID }),
      comment: t.input.string({ description: COMMENT }),
    },
    resolve: (_root, { input }, { commands }) => approvePromotion(commands, withRowId(input)),
  }),
  rejectPromotion: t.fieldWithInput({
    type: RejectPromotionPayload,
    description: "Rejects a request, which closes it. Requires `stages:approve`.",
    input: {
      request: t.input.id({ required: true, description: REQUEST_ID }),
      comment: t.input.string({ description: COMMENT }),
    },
    resolve: (_root, { input }, { commands }) => rejectPromotion(commands, withRowId(input)),
  }),
  cancelPromotion: t.fieldWithInput({
    type: CancelPromotionPayload,
    description:
      "Takes a request back. For the requester, with the scopes of the move, and for whoever holds `policies:write`.",
    input: { request: t.input.id({ required: true, description: REQUEST_ID }) },
    resolve: (_root, { input }, { commands }) => cancelPromotion(commands, withRowId(input)),
  }),
  renewPromotion: t.fieldWithInput({
    type: RenewPromotionPayload,
    description:
      "Asks again for what is there now, for a request that is open, stale or expired. Approvals so far no longer count. For the requester, with the scopes of the move.",
    input: { request: t.input.id({ required: true, description: REQUEST_ID }) },
    resolve: (_root, { input }, { commands }) => renewPromotion(commands, withRowId(input)),
  }),
  commentPromotion: t.fieldWithInput({
    type: CommentPromotionPayload,
    description:
      "Comments on a request, in any state. Requires `models:read`, and `stages:approve` or the scopes of the move.",
    input: {
      request: t.input.id({ required: true, description: REQUEST_ID }),
      body: t.input.string({ required: true, description: COMMENT }),
    },
    resolve: (_root, { input }, { commands }) => commentPromotion(commands, withRowId(input)),
  }),
}));

function withRowId<Input extends { readonly request: string }>(input: Input): Input {
  return { ...input, request: parseId("input.request", input.request, "PromotionRequest") };
}
