import { createWebhook } from "../../registry/webhooks/create-webhook.js";
import { deleteWebhook } from "../../registry/webhooks/delete-webhook.js";
import { redeliver } from "../../registry/webhooks/redeliver.js";
import { testWebhook } from "../../registry/webhooks/test-webhook.js";
import { updateWebhook } from "../../registry/webhooks/update-webhook.js";
import type { WebhookTry } from "../../registry/webhooks/webhook-services.js";
import { builder } from "../kit/builder.js";
import { ActorFilter } from "../kit/filter-inputs.js";
import { encodeId, parseId } from "../kit/ids.js";
import { nounPayload } from "../kit/mutations.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { Webhook } from "./webhook.js";
import { WebhookDelivery } from "./webhook-deliveries.js";

const WebhookFilter = builder.inputType("WebhookFilter", {
  description: "Which events a webhook is told: the conditions that are given all hold.",
  fields: (t) => ({
    types: t.stringList({
      description:
        "Of these types, such as `model_version.stage_changed`, or globs of them, such as `alias.*`. Absent: all.",
    }),
    models: t.stringList({
      description: "Of models whose name, as it was, matches one of these: names or globs in which `*` is anything.",
    }),
    stages: t.field({ type: [Stage], description: "Stage changes from or to one of these stages." }),
    from: t.field({ type: [Stage], description: "Stage changes from one of these stages." }),
    to: t.field({ type: [Stage], description: "Stage changes to one of these stages." }),
    aliases: t.stringList({ description: "Of aliases that match one of these: names or globs." }),
    actor: t.field({ type: ActorFilter, description: "By who did it." }),
  }),
});

const CreateWebhookPayload = builder.objectRef<{ id: string; secret: string }>("CreateWebhookPayload").implement({
  description: "The new webhook, and the secret to verify it by.",
  fields: (t) => ({
    webhook: t.field({
      type: Webhook,
      nullable: true,
      description: "The webhook.",
      resolve: visibleRow("Webhook", ({ id }) => id),
    }),
    secret: t.exposeString("secret", {
      description: "The secret that signs, `whsec_…`. It is told this once and cannot be read again.",
    }),
  }),
});

const UpdateWebhookPayload = builder
  .objectRef<{ id: string; secret: string | null }>("UpdateWebhookPayload")
  .implement({
    description: "The webhook as it is now.",
    fields: (t) => ({
      webhook: t.field({
        type: Webhook,
        nullable: true,
        description: "The webhook.",
        resolve: visibleRow("Webhook", ({ id }) => id),
      }),
      secret: t.exposeString("secret", {
        nullable: true,
        description: "The new secret, if it was rotated. It is told this once; the one before signs for another day.",
      }),
    }),
  });

const DeleteWebhookPayload = builder.objectRef<{ id: string }>("DeleteWebhookPayload").implement({
  description: "What was deleted.",
  fields: (t) => ({
    deletedId: t.id({
      description: "The global id of the webhook, which is gone for good.",
      resolve: ({ id }) => encodeId("Webhook", id),
    }),
  }),
});

const TestWebhookPayload = builder.objectRef<WebhookTry>("TestWebhookPayload").implement({
  description: "How the receiver took the ping.",
  fields: (t) => ({
    delivered: t.boolean({ description: "Whether it answered 2xx.", resolve: ({ error }) => error === null }),
    responseCode: t.exposeInt("responseCode", {
      nullable: true,
      description: "The HTTP status code; null if there was no answer.",
    }),
    latencyMs: t.exposeInt("latencyMs", { description: "How long it took, in milliseconds." }),
    error: t.exposeString("error", { nullable: true, description: "Why it failed." }),
  }),
});

const RedeliverPayload = nounPayload("RedeliverPayload", "The delivery, queued again.", {
  name: "delivery",
  type: WebhookDelivery,
  node: "WebhookDelivery",
  description: "The delivery.",
});

builder.mutationFields((t) => ({
  createWebhook: t.fieldWithInput({
    type: CreateWebhookPayload,
    description:
      "Makes a webhook, which is told of every event from now on that it asks for and that this token may see, also after the token has expired. At most 100 for each actor. Asks for `webhooks:write`.",
    input: {
      url: t.input.string({
        required: true,
        description:
          "Where to send: an https URL of a public host, without user name, password or fragment. In local mode also http to this machine.",
      }),
      description: t.input.string({ description: "What the webhook is for." }),
      where: t.input.field({ type: WebhookFilter, description: "Which events. Absent: all that the token may see." }),
      secret: t.input.string({
        description: "A secret that the receiver knows already: `whsec_` and the base64 of 24 to 64 bytes.",
      }),
    },
    resolve: (_root, { input }, { commands, webhooks }) => createWebhook(commands, webhooks, input),
  }),
  updateWebhook: t.fieldWithInput({
    type: UpdateWebhookPayload,
    description:
      "Changes a webhook. Absent = leave, null = clear. When its owner does, it is told from now on what the token of this request may see; also of what waits to be sent. Asks for `webhooks:write`.",
    input: {
      id: t.input.id({ required: true, description: "The webhook's global id." }),
      url: t.input.string({ description: "Another address." }),
      description: t.input.string({ description: "What the webhook is for." }),
      where: t.input.field({ type: WebhookFilter, description: "Which events from now on; null = all." }),
      enabled: t.input.boolean({
        description: "False stops sending; true goes on where it stopped, as far as the log still holds it.",
      }),
      rotateSecret: t.input.boolean({
        defaultValue: false,
        description: "Makes a new secret. The one before signs beside it for 24 hours.",
      }),
    },
    resolve: (_root, { input }, { commands, webhooks }) =>
      updateWebhook(commands, webhooks, { ...input, id: parseId("input.id", input.id, "Webhook") }),
  }),
  deleteWebhook: t.fieldWithInput({
    type: DeleteWebhookPayload,
    description:
      "Deletes a webhook with its secret and its deliveries, for good; nothing more is sent. Asks for `webhooks:write`.",
    input: { id: t.input.id({ required: true, description: "The webhook's global id." }) },
    resolve: (_root, { input }, { commands }) =>
      deleteWebhook(commands, { id: parseId("input.id", input.id, "Webhook") }),
  }),
  testWebhook: t.fieldWithInput({
    type: TestWebhookPayload,
    description:
      "Sends a signed event of the type `shelfmark.ping` now, and answers how it went; a receiver that refuses it is no error. Asks for `webhooks:write`.",
    input: { id: t.input.id({ required: true, description: "The webhook's global id." }) },
    resolve: (_root, { input }, { commands, webhooks }) =>
      testWebhook(commands, webhooks, { id: parseId("input.id", input.id, "Webhook") }),
  }),
  redeliver: t.fieldWithInput({
    type: RedeliverPayload,
    description:
      "Sends a delivery again, under its old `webhook-id` and behind what is queued already; one that waits for its next try is tried now. Asks for `webhooks:write`.",
    input: { delivery: t.input.id({ required: true, description: "The delivery's global id." }) },
    resolve: (_root, { input }, { commands, webhooks }) =>
      redeliver(commands, webhooks, {
        delivery: parseId("input.delivery", input.delivery, "WebhookDelivery"),
      }),
  }),
}));
