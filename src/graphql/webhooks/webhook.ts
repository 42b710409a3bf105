import { SCOPES } from "../../domain/access/scopes.js";
import type { ActorConditions, WebhookFilter as Filter } from "../../domain/webhooks/webhook.js";
import { readerOf, type WebhookRights } from "../../domain/webhooks/webhook-rights.js";
import { visibleWebhook } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";

const copyOf = <T>(list: readonly T[] | null) => (list ? [...list] : null);

const ActorConditionsType = builder.objectRef<ActorConditions>("ActorConditions").implement({
  description: "By whom something was done: the conditions that are not null all hold.",
  fields: (t) => ({
    subject: t.exposeString("subject", { nullable: true, description: "The `sub` of the token." }),
    issuer: t.exposeString("issuer", { nullable: true, description: "The `iss` of the token." }),
  }),
});

const WebhookConditions = builder.objectRef<Filter>("WebhookConditions").implement({
  description: "Which events a webhook asks for: the conditions that are not null all hold.",
  fields: (t) => ({
    types: t.stringList({
      nullable: true,
      description: "Events whose type matches one of these, in which `*` stands for anything.",
      resolve: ({ types }) => copyOf(types),
    }),
    models: t.stringList({
      nullable: true,
      description: "Events of models whose name then matches one of these, in which `*` stands for anything.",
      resolve: ({ models }) => copyOf(models),
    }),
    stages: t.field({
      type: [Stage],
      nullable: true,
      description: "Stage changes from or to one of these stages.",
      resolve: ({ stages }) => copyOf(stages),
    }),
    from: t.field({
      type: [Stage],
      nullable: true,
      description: "Stage changes from one of these stages.",
      resolve: ({ from }) => copyOf(from),
    }),
    to: t.field({
      type: [Stage],
      nullable: true,
      description: "Stage changes to one of these stages.",
      resolve: ({ to }) => copyOf(to),
    }),
    aliases: t.stringList({
      nullable: true,
      description: "Events of aliases that match one of these, in which `*` stands for anything.",
      resolve: ({ aliases }) => copyOf(aliases),
    }),
    actor: t.field({
      type: ActorConditionsType,
      nullable: true,
      description: "Events of what this actor did.",
      resolve: ({ actor }) => actor,
    }),
  }),
});

const WebhookRightsType = builder.objectRef<WebhookRights>("WebhookRights").implement({
  description: "What a webhook may be told: what the token allowed by which its owner made or last changed it.",
  fields: (t) => ({
    scopes: t.stringList({
      description: "The scopes of the token.",
      resolve: (rights) => SCOPES.filter((scope) => readerOf(rights).scopes.has(scope)),
    }),
    modelGlobs: t.stringList({
      nullable: true,
      description: "The globs of its `models` claim; null = all models.",
      resolve: ({ modelGlobs }) => copyOf(modelGlobs),
    }),
    experimentGlobs: t.stringList({
      nullable: true,
      description: "The globs of its `experiments` claim; null = none was given.",
      resolve: ({ experimentGlobs }) => copyOf(experimentGlobs),
    }),
    environmentGlobs: t.stringList({
      nullable: true,
      description: "The globs of its `environments` claim; null = all environments.",
      resolve: ({ environmentGlobs }) => copyOf(environmentGlobs),
    }),
  }),
});

export const Webhook = builder.prismaObject("Webhook", {
  description:
    "An address that is told of events over HTTP, each signed by the Standard Webhooks specification, in their order. Its secret is never readable.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The webhook's global id.", resolve: ({ id }) => encodeId("Webhook", id) }),
    url: t.exposeString("url"),
    description: t.exposeString("description", { nullable: true }),
    where: t.field({
      type: WebhookConditions,
      description: "Which events it asks for.",
      select: { filter: true },
      resolve: ({ filter }) => filter as unknown as Filter,
    }),
    rights: t.field({
      type: WebhookRightsType,
      description: "Of these events, those that it may be told.",
      select: { rights: true },
      resolve: ({ rights }) => rights as unknown as WebhookRights,
    }),
    enabled: t.boolean({
      description: "Whether it is sent to. While it is not, what happens waits in the log.",
      select: { disabledAt: true },
      resolve: ({ disabledAt }) => disabledAt === null,
    }),
    disabledAt: t.expose("disabledAt", { type: "DateTime", nullable: true }),
    disabledReason: t.exposeString("disabledReason", { nullable: true }),
    previousSecretUntil: t.expose("previousSecretUntil", { type: "DateTime", nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({ type: Actor, description: "Whose it is.", select: CREATED_BY, resolve: createdBy }),
  }),
});

const pages = pageTypes(Webhook, { one: "a webhook", many: "webhooks" });

builder.queryField("webhooks", (t) =>
  t.connection(
    {
      type: Webhook,
      description:
        "The viewer's own webhooks, or everybody's for a token with `admin` and no claim, the newest first. Asks for `webhooks:write`.",
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
