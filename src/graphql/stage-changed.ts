import type { Viewer } from "../domain/actor.js";
import { UnauthenticatedError, UnavailableError } from "../domain/errors.js";
import { matchesAnyGlob } from "../domain/glob.js";
import { findStreamStart, type StreamMessage, streamEvents } from "../store/event-stream.js";
import type { Event } from "../store/generated/client.js";
import { Actor, actedBy } from "./actor.js";
import { builder } from "./builder.js";
import { Commit } from "./commit.js";
import type { GraphQLContext } from "./context.js";
import { boundedList } from "./filters.js";
import { Model } from "./model.js";
import { ModelVersion } from "./model-version.js";
import { readModel, readTransition, readVersion } from "./read-back.js";
import { Stage } from "./stage.js";
import { StageTransition } from "./stage-transition.js";

const StageChangedFilter = builder.inputType("StageChangedFilter", {
  description: "Which stage changes: the conditions that are given all hold.",
  fields: (t) => ({
    models: t.stringList({
      description:
        "Of models whose name, as it was, matches one of these: names or globs in which `*` stands for anything.",
    }),
    from: t.field({ type: [Stage], description: "From one of these stages." }),
    to: t.field({ type: [Stage], description: "To one of these stages." }),
  }),
});

const StageChangedEvent = builder.objectRef<Event>("StageChangedEvent").implement({
  description: "A version moved from a stage to another. Names and numbers are as they were then.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The event's own id: the same however often it is told." }),
    revision: t.expose("revision", { type: "Long", description: "The event's number in the registry's one log." }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    actor: t.field({ type: Actor, description: "Who moved it.", resolve: actedBy }),
    from: t.field({
      type: Stage,
      description: "The stage that the version left.",
      resolve: (event) => event.fromStage as never,
    }),
    to: t.field({
      type: Stage,
      description: "The stage that the version entered.",
      resolve: (event) => event.toStage as never,
    }),
    reason: t.string({ nullable: true, description: "Why, in the words of whoever moved it.", resolve: reasonOf }),
    modelName: t.string({ description: "The model's name then.", resolve: (event) => event.modelName as string }),
    versionNumber: t.int({ description: "The version's number.", resolve: (event) => event.versionNumber as number }),
    model: t.prismaField({
      type: Model,
      nullable: true,
      description: "The model as it is now; null if it was deleted or the viewer may not see it any more.",
      resolve: (query, event, args, context) => readModel(query, { id: event.modelId as string }, args, context),
    }),
    modelVersion: t.prismaField({
      type: ModelVersion,
      nullable: true,
      description: "The version as it is now; null if it was deleted or the viewer may not see it any more.",
      resolve: (query, event, args, context) => readVersion(query, { id: event.versionId as string }, args, context),
    }),
    transition: t.prismaField({
      type: StageTransition,
      nullable: true,
      description: "The move; null if the viewer may not see the model any more.",
      resolve: (query, event, args, context) => readTransition(query, event, args, context),
    }),
    commit: t.field({
      type: Commit,
      description: "The transaction that the event was a part of.",
      resolve: (event) => event,
    }),
  }),
});

function reasonOf({ body }: Event): string | null {
  const { after } = JSON.parse(body) as { after: { reason?: string | null } | null };
  return after?.reason ?? null;
}

const StageChangedMessage = builder.objectRef<StreamMessage>("StageChangedMessage").implement({
  description: "One message of the stream `stageChanged`. The first one is a bookmark.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description: "Everything up to here has been told: `after: cursor` goes on from here.",
    }),
    event: t.field({
      type: StageChangedEvent,
      nullable: true,
      description: "What happened; null for a bookmark, which only moves the cursor on.",
      resolve: ({ event }) => event,
    }),
  }),
});

builder.subscriptionField("stageChanged", (t) =>
  t.field({
    type: StageChangedMessage,
    description:
      "Stage changes, in order, none left out and none twice on one stream; after a reconnect, `after` goes on where the last message was (and delivery across reconnects is at least once). Without `after` or `since` the stream starts at the head as it is now. It ends when the token expires.",
    args: {
      where: t.arg({ type: StageChangedFilter, description: "Which changes. Absent: all that the viewer may see." }),
      after: t.arg.string({
        description:
          "A cursor of a message or of `head`: start after it. A cursor that this log does not know is `HISTORY_DIVERGED`.",
      }),
      since: t.arg({
        type: "DateTime",
        description: "Start with the first event at this time or later, instead of `after`.",
      }),
    },
    subscribe: async (_root, { where, after, since }, context) => {
      const wants = wantedStageChanges(context.viewer, where);
      const start = await findStreamStart(context.db, { after, since });
      return untilExpiry(context, (signal) => streamEvents(context.events, start, { wants, signal })) as never;
    },
    resolve: (message) => message as never,
  }),
);

function wantedStageChanges(
  viewer: Viewer,
  where: (typeof StageChangedFilter)["$inferInput"] | null | undefined,
): (event: Event) => boolean {
  const models = where?.models ? boundedList("where.models", where.models) : null;
  const from = where?.from ? new Set<string | null>(where.from) : null;
  const to = where?.to ? new Set<string | null>(where.to) : null;
  return ({ type, modelName, fromStage, toStage }) =>
    type === "model_version.stage_changed" &&
    modelName !== null &&
    matchesAnyGlob(viewer.modelGlobs, modelName) &&
    matchesAnyGlob(models, modelName) &&
    (from?.has(fromStage) ?? true) &&
    (to?.has(toStage) ?? true);
}

/**
 * Ends a stream with the viewer's token: what comes after is not the viewer's any more. Not a generator, so that a
 * client who leaves ends the wait for the next event.
 */
function untilExpiry<T>(
  { viewer, now }: GraphQLContext,
  open: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterableIterator<T> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(end, Math.min(viewer.expiresAt.getTime() - now().getTime(), 2 ** 31 - 1)).unref();
  const events = open(ended.signal);
  let left = false;
  return {
    async next() {
      const result = await events.next();
      if (!result.done) return result;
      clearTimeout(timer);
      if (left) return { value: undefined, done: true };
      throw now() >= viewer.expiresAt ? new UnauthenticatedError(EXPIRED) : new UnavailableError(GOING_AWAY);
    },
    async return() {
      left = true;
      clearTimeout(timer);
      end();
      await events.return();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const EXPIRED = "The token has expired. Subscribe again with a new one, after the last cursor.";
const GOING_AWAY = "The server is going away. Subscribe again after the last cursor.";
