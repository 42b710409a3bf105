import { createWebhook } from "../../registry/webhooks/create-webhook.js";
import { deleteWebhook } from "../../registry/webhooks/delete-webhook.js";
import { redeliver } from "../../registry/webhooks/redeliver.js";
import { testWebhook } from "../../registry/webhooks/test-webhook.js";
import { updateWebhook } from "../../registry/webhooks/update-webhook.js";
import type { WebhookTry } from "../../registry/webhooks/webhook-services.js";
import { builder } from "../kit/builder.js";
import { ActorFilter, MODEL_OR_RENAME } from "../kit/filter-inputs.js";
import { encodeId, parseId } from "../kit/ids.js";
import { nounPayload } from "../kit/mutations.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { orCleared, orKept } from "../plugins/descriptions.js";
import { Webhook, WebhookFormat } from "./webhook.js";
import { WebhookDelivery } from "./webhook-deliveries.js";

const WebhookFilter = builder.inputType("WebhookFilter", {
  description: "Which events a webhook receives. All conditions that are set must match.",
  fields: (t) => ({
    types: t.stringList({
      description:
        "The type of the event matches one of these, such as `model_version.stage_changed`, or a glob, such as `alias.*`. Default: all.",
    }),
    models: t.stringList({
      description: MODEL_OR_RENAME,
    }),
    stages: t.field({ type: [Stage], description: "The version left or entered one of these stages." }),
    from: t.field({ type: [Stage], description: "The version left one of these stages." }),
    to: t.field({ type: [Stage], description: "The version entered one of these stages." }),
    aliases: t.stringList({ description: "The alias matches one of these names or globs." }),
    actor: t.field({ type: ActorFilter, description: "Who caused the event." }),
  }),
});

const CreateWebhookPayload = builder.objectRef<{ id: string; secret: string }>("CreateWebhookPayload").implement({
  description: "The new webhook and its signing secret.",
  fields: (t) => ({
    webhook: t.field({
      type: Webhook,
      nullable: true,
      description: "The webhook.",
      resolve: visibleRow("Webhook", ({ id }) => id),
    }),
    secret: t.exposeString("secret", {
      description: "The signing secret, `whsec_…`. It is returned only here and cannot be read again.",
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
        description:
          "The new signing secret if it was rotated, otherwise null. It is returned only here. The previous secret signs for another 24 hours.",
      }),
    }),
  });

const DeleteWebhookPayload = builder.objectRef<{ id: string }>("DeleteWebhookPayload").implement({
  description: "What was deleted.",
  fields: (t) => ({
    deletedId: t.id({
      description: "The global id of the deleted webhook. It cannot be restored.",
      resolve: ({ id }) => encodeId("Webhook", id),
    }),
  }),
});

const TestWebhookPayload = builder.objectRef<WebhookTry>("TestWebhookPayload").implement({
  description: "The result of the test delivery.",
  fields: (t) => ({
    delivered: t.boolean({
      description: "Whether the receiver answered with a 2xx status.",
      resolve: ({ error }) => error === null,
    }),
    responseCode: t.exposeInt("responseCode", {
      nullable: true,
      description: "The HTTP status code; null if there was no response.",
    }),
    latencyMs: t.exposeInt("latencyMs", { description: "The duration of the request, in milliseconds." }),
    error: t.exposeString("error", { nullable: true, description: "Why the delivery failed; null if it succeeded." }),
  }),
});

const RedeliverPayload = nounPayload("RedeliverPayload", "The delivery, which is queued again.", {
  name: "delivery",
  type: WebhookDelivery,
  node: "WebhookDelivery",
  description: "The delivery.",
});

builder.mutationFields((t) => ({
  createWebhook: t.fieldWithInput({
    type: CreateWebhookPayload,
    description:
      "Creates a webhook. It receives every later event that matches its filter and that this token may see, also after the token has expired. At most 100 for each actor. Requires `webhooks:write`.",
    input: {
      url: t.input.string({
        required: true,
        description:
          "The URL of the receiver: https to a public host, without user name, password or fragment. In local mode also http to this machine.",
      }),
      description: t.input.string({ description: "What the webhook is for." }),
      format: t.input.field({
        type: WebhookFormat,
        description:
          "What is sent. Messages of SLACK and TEAMS link to the console if the server has a public URL. Default: CLOUDEVENTS.",
      }),
      where: t.input.field({ type: WebhookFilter, description: "Which events. Default: all that the token may see." }),
      secret: t.input.string({
        description:
          "A signing secret that the receiver already has: `whsec_` and the base64 of 24 to 64 bytes. Default: a new secret.",
      }),
    },
    resolve: (_root, { input }, { commands, webhooks }) => createWebhook(commands, webhooks, input),
  }),
  updateWebhook: t.fieldWithInput({
    type: UpdateWebhookPayload,
    description:
      "Changes a webhook. An absent field stays as it is; null clears it. If its owner changes it, the webhook gets the rights of the token of this request, also for deliveries that are waiting. Requires `webhooks:write`.",
    input: {
      id: t.input.id({ required: true, description: "The webhook's global id." }),
      url: t.input.string({ description: orKept("The new URL. The rules are those of `createWebhook`.") }),
      description: t.input.string({ description: orCleared("What the webhook is for.") }),
      format: t.input.field({
        type: WebhookFormat,
        description: orKept("The new format, also for deliveries that are waiting."),
      }),
      where: t.input.field({
        type: WebhookFilter,
        description: "The new filter. Absent: unchanged; null: cleared, which means all events that the token may see.",
      }),
      enabled: t.input.boolean({
        description: orKept(
          "False stops deliveries. True continues from where they stopped, as far as the log still holds the events.",
        ),
      }),
      rotateSecret: t.input.boolean({
        defaultValue: false,
        description: orKept("Whether to create a new signing secret. The previous secret signs too for 24 hours."),
      }),
    },
    resolve: (_root, { input }, { commands, webhooks }) =>
      updateWebhook(commands, webhooks, { ...input, id: parseId("input.id", input.id, "Webhook") }),
  }),
  deleteWebhook: t.fieldWithInput({
    type: DeleteWebhookPayload,
    description:
      "Deletes a webhook with its secret and its deliveries. It cannot be restored. Requires `webhooks:write`.",
    input: { id: t.input.id({ required: true, description: "The webhook's global id." }) },
    resolve: (_root, { input }, { commands }) =>
      deleteWebhook(commands, { id: parseId("input.id", input.id, "Webhook") }),
  }),
  testWebhook: t.fieldWithInput({
    type: TestWebhookPayload,
    description:
      "Sends a signed event of the type `shelfmark.ping`, or a message that says that it is a test, now and returns the result. A refusal by the receiver is not an error of the mutation. Requires `webhooks:write`.",
    input: { id: t.input.id({ required: true, description: "The webhook's global id." }) },
    resolve: (_root, { input }, { commands, webhooks }) =>
      testWebhook(commands, webhooks, { id: parseId("input.id", input.id, "Webhook") }),
  }),
  redeliver: t.fieldWithInput({
    type: RedeliverPayload,
    description:
      "Sends a delivery again, with the same `webhook-id` and after the deliveries that are already queued. A delivery that waits for its next attempt is tried now. Requires `webhooks:write`.",
    input: { delivery: t.input.id({ required: true, description: "The delivery's global id." }) },
    resolve: (_root, { input }, { commands, webhooks }) =>
      redeliver(commands, webhooks, {
        delivery: parseId("input.delivery", input.delivery, "WebhookDelivery"),
      }),
  }),
}));
