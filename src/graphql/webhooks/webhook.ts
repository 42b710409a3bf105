import { creatorOf } from "../../domain/access/actor.js";
import { SCOPES } from "../../domain/access/scopes.js";
import type { ActorConditions, WebhookFilter as Filter } from "../../domain/webhooks/webhook.js";
import { readerOf, type WebhookRights } from "../../domain/webhooks/webhook-rights.js";
import { visibleWebhook } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { MODEL_OR_RENAME } from "../kit/filter-inputs.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";

const copyOf = <T>(list: readonly T[] | null) => (list ? [...list] : null);

const ActorConditionsType = builder.objectRef<ActorConditions>("ActorConditions").implement({
  description: "A filter on an actor. All conditions that are not null must match.",
  fields: (t) => ({
    subject: t.exposeString("subject", { nullable: true, description: "The `sub` of the token." }),
    issuer: t.exposeString("issuer", { nullable: true, description: "The `iss` of the token." }),
  }),
});

const WebhookConditions = builder.objectRef<Filter>("WebhookConditions").implement({
  description: "Which events a webhook receives. All conditions that are not null must match.",
  fields: (t) => ({
    types: t.stringList({
      nullable: true,
      description: "The type of the event matches one of these names or globs. `*` matches any text.",
      resolve: ({ types }) => copyOf(types),
    }),
    models: t.stringList({
      nullable: true,
      description: MODEL_OR_RENAME,
      resolve: ({ models }) => copyOf(models),
    }),
    stages: t.field({
      type: [Stage],
      nullable: true,
      description: "The version left or entered one of these stages.",
      resolve: ({ stages }) => copyOf(stages),
    }),
    from: t.field({
      type: [Stage],
      nullable: true,
      description: "The version left one of these stages.",
      resolve: ({ from }) => copyOf(from),
    }),
    to: t.field({
      type: [Stage],
      nullable: true,
      description: "The version entered one of these stages.",
      resolve: ({ to }) => copyOf(to),
    }),
    aliases: t.stringList({
      nullable: true,
      description: "The alias matches one of these names or globs. `*` matches any text.",
      resolve: ({ aliases }) => copyOf(aliases),
    }),
    actor: t.field({
      type: ActorConditionsType,
      nullable: true,
      description: "Who caused the event.",
      resolve: ({ actor }) => actor,
    }),
  }),
});

export const WebhookFormat = builder.enumType("WebhookFormat", {
  description: "What a webhook sends.",
  values: {
    CLOUDEVENTS: { description: "A CloudEvents 1.0 JSON object, for programs." },
    SLACK: { description: "A message for an incoming webhook of Slack." },
    TEAMS: { description: "An Adaptive Card for a webhook workflow of Microsoft Teams." },
  } as const,
});

const WebhookRightsType = builder.objectRef<WebhookRights>("WebhookRights").implement({
  description: "What a webhook may receive: the rights of the token with which its owner created or last changed it.",
  fields: (t) => ({
    scopes: t.stringList({
      description: "The scopes of the token.",
      resolve: (rights) => SCOPES.filter((scope) => readerOf(rights).scopes.has(scope)),
    }),
    modelGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `models` claim; null = all models.",
      resolve: ({ modelGlobs }) => copyOf(modelGlobs),
    }),
    experimentGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `experiments` claim; null if it has none.",
      resolve: ({ experimentGlobs }) => copyOf(experimentGlobs),
    }),
    environmentGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `environments` claim; null = all environments.",
      resolve: ({ environmentGlobs }) => copyOf(environmentGlobs),
    }),
  }),
});

export const Webhook = builder.prismaObject("Webhook", {
  description:
    "A URL that receives events over HTTP, in order, each signed by the Standard Webhooks specification. The secret is never readable.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The webhook's global id.", resolve: ({ id }) => encodeId("Webhook", id) }),
    url: t.exposeString("url"),
    description: t.exposeString("description", { nullable: true }),
    format: t.expose("format", { type: WebhookFormat }),
    where: t.field({
      type: WebhookConditions,
      description: "Which events the webhook receives.",
      select: { filter: true },
      resolve: ({ filter }) => filter as unknown as Filter,
    }),
    rights: t.field({
      type: WebhookRightsType,
      description: "The rights that limit which events the webhook receives.",
      select: { rights: true },
      resolve: ({ rights }) => rights as unknown as WebhookRights,
    }),
    enabled: t.boolean({
      description: "Whether deliveries are sent. While a webhook is disabled, its events wait in the log.",
      select: { disabledAt: true },
      resolve: ({ disabledAt }) => disabledAt === null,
    }),
    disabledAt: t.expose("disabledAt", { type: "DateTime", nullable: true }),
    disabledReason: t.exposeString("disabledReason", { nullable: true }),
    previousSecretUntil: t.expose("previousSecretUntil", { type: "DateTime", nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "The owner of the webhook.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
  }),
});

const pages = pageTypes(Webhook, { one: "a webhook", many: "webhooks" });

builder.queryField("webhooks", (t) =>
  t.connection(
    {
      type: Webhook,
      description:
        "The viewer's own webhooks, the newest first. A token with `admin` and without narrowing claims sees those of all actors. Requires `webhooks:write`.",
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.webhook,
          { args, context, info },
          {
            typeName: "Webhook",
            list: { name: "webhooks", where: null },
            order: { columns: byColumn("createdAt", "date"), direction: "desc" },
            where: visibleWebhook(context.viewer),
          },
        ),
    },
    ...pages,
  ),
);
