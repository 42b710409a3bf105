import { EVENT_TYPES } from "../../domain/events/event.js";
import { PromotionRequestEvent } from "../events/request-event-fields.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { MODEL_AT_THE_TIME } from "../kit/filter-inputs.js";
import { Stage } from "../kit/stage.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const PromotionRequestEventFilter = builder.inputType("PromotionRequestEventFilter", {
  description: "A filter on events of requests. All conditions that are set must match.",
  fields: (t) => ({
    models: t.stringList({ description: `${MODEL_AT_THE_TIME} At most 200.` }),
    stages: t.field({ type: [Stage], description: "The request is for one of these stages." }),
    aliases: t.stringList({ description: "The request is for one of these aliases. At most 200." }),
  }),
});

type GivenFilter = typeof PromotionRequestEventFilter.$inferInput | null | undefined;

const ASKED = ["promotion_request.created", "promotion_request.renewed"] as const;
const UPDATED = EVENT_TYPES.filter(
  (type) => type.startsWith("promotion_request.") && !ASKED.some((asked) => asked === type),
);

function toFilter(where: GivenFilter) {
  const { models, stages, aliases } = where ?? {};
  return {
    ...(models ? { models: boundedList("where.models", models) } : {}),
    ...(stages ? { to: stages } : {}),
    ...(aliases ? { aliases: boundedList("where.aliases", aliases) } : {}),
  };
}

const where = {
  type: PromotionRequestEventFilter,
  description: "Which events. Default: all that the viewer may see.",
} as const;

const PromotionRequestedMessage = streamMessage(
  "PromotionRequestedMessage",
  "promotionRequested",
  PromotionRequestEvent,
);
const PromotionRequestUpdatedMessage = streamMessage(
  "PromotionRequestUpdatedMessage",
  "promotionRequestUpdated",
  PromotionRequestEvent,
);

builder.subscriptionFields((t) => ({
  promotionRequested: t.field({
    type: PromotionRequestedMessage,
    description: `Streams requests to promote a version, as they are asked and asked again. ${STREAM_PROMISE}`,
    args: { where: t.arg(where), ...STREAM_ARGS },
    subscribe: (_root, { where: given, after, since }, context) =>
      openStream(context, { types: ASKED, ...toFilter(given) }, { after, since }),
    resolve: (message) => message,
  }),
  promotionRequestUpdated: t.field({
    type: PromotionRequestUpdatedMessage,
    description: `Streams what becomes of requests: approved, rejected, executed, cancelled, expired, stale, and comments. ${STREAM_PROMISE}`,
    args: { where: t.arg(where), ...STREAM_ARGS },
    subscribe: (_root, { where: given, after, since }, context) =>
      openStream(context, { types: UPDATED, ...toFilter(given) }, { after, since }),
    resolve: (message) => message,
  }),
}));
