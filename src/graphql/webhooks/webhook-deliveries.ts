import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { nestedList } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { NEWEST_REVISION_FIRST, type PageArgs } from "../kit/paging.js";
import { countBy } from "../request/loaders.js";
import { Webhook } from "./webhook.js";

export const WebhookDeliveryStatus = builder.enumType("WebhookDeliveryStatus", {
  description: "The progress of a delivery.",
  values: {
    PENDING: { description: "Waiting for its first or next attempt." },
    DELIVERED: { description: "The receiver accepted it with a 2xx status." },
    FAILED: { description: "Given up after about three days, or because the receiver is gone (410)." },
  } as const,
});

export const WebhookDelivery = builder.prismaObject("WebhookDelivery", {
  description: "The delivery of one event to one webhook. Kept for 30 days after it ends.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The delivery's global id.", resolve: ({ id }) => encodeId("WebhookDelivery", id) }),
    messageId: t.string({
      description: "The `webhook-id` header, the same for every attempt.",
      resolve: ({ id }) => id,
    }),
    webhook: t.relation("webhook", { type: Webhook, description: "The webhook that receives it." }),
    revision: t.expose("revision", { type: "Long" }),
    eventType: t.exposeString("eventType"),
    status: t.expose("status", { type: WebhookDeliveryStatus }),
    attempts: t.exposeInt("attempts"),
    responseCode: t.exposeInt("responseCode", { nullable: true }),
    latencyMs: t.exposeInt("latencyMs", { nullable: true }),
    error: t.exposeString("error", { nullable: true }),
    nextAttemptAt: t.expose("nextAttemptAt", { type: "DateTime", nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    deliveredAt: t.expose("deliveredAt", { type: "DateTime", nullable: true }),
  }),
});

const WebhookDeliveryFilter = builder.inputType("WebhookDeliveryFilter", {
  description: "A filter on deliveries.",
  fields: (t) => ({
    status: t.field({ type: [WebhookDeliveryStatus], description: "The delivery has one of these statuses." }),
  }),
});

type Filter = (typeof WebhookDeliveryFilter)["$inferInput"] | null | undefined;

function deliveryWhere(filter: Filter): Prisma.WebhookDeliveryWhereInput {
  return filter?.status ? { status: { in: filter.status } } : {};
}

const pages = pageTypes(WebhookDelivery, { one: "a delivery", many: "deliveries" });

interface DeliveriesArgs extends PageArgs {
  readonly where?: Filter;
}

const deliveriesOfWebhook = nestedList({
  name: "Webhook.deliveries",
  typeName: "WebhookDelivery",
  order: () => NEWEST_REVISION_FIRST,
  where: ({ where }: DeliveriesArgs) => deliveryWhere(where),
  count: countBy("webhookId", ({ webhookDelivery }) => webhookDelivery),
});

builder.prismaObjectField(Webhook, "deliveries", (t) =>
  t.connection(
    {
      type: WebhookDelivery,
      description: "The deliveries of the webhook, sent or waiting, the newest event first.",
      args: { where: t.arg({ type: WebhookDeliveryFilter, description: "Which deliveries." }) },
      select: (args, context, nested) => ({ deliveries: deliveriesOfWebhook.select(nested, args, context) }),
      resolve: ({ id, deliveries }, args, context) => deliveriesOfWebhook.page({ id, rows: deliveries }, args, context),
    },
    ...pages,
  ),
);
