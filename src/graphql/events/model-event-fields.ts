import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { StageTransition } from "../versions/stage-transition.js";
import { aboutModel, aboutVersion, type EventFieldBuilder } from "./event-fields.js";
import { decisionField } from "./governance-event-fields.js";
import { eventTypeName, eventTypeOf, numberOf, RegistryEvent, snapshotsOf, textOf } from "./registry-event.js";

/** The interface of both event types of an alias, so that a watcher follows an alias with one fragment. */
export const AliasChangedEvent = builder.interfaceRef<Event>("AliasChangedEvent").implement({
  description: "A change of what an alias points to: `AliasSetEvent` or `AliasDeletedEvent`.",
  interfaces: [RegistryEvent],
  resolveType: (event) => eventTypeName(eventTypeOf(event)),
  fields: (t) => ({
    alias: t.string({ description: "The alias.", resolve: ({ alias }) => alias ?? "" }),
    modelName: t.string({ description: "The model's name at the time.", resolve: ({ modelName }) => modelName ?? "" }),
    number: t.int({
      nullable: true,
      description:
        "The number of the version that the alias points to after the change; null if the alias was deleted.",
      resolve: (event, _args, { viewer }) => numberOf(snapshotsOf(event, viewer).after, "number"),
    }),
    previousNumber: t.int({
      nullable: true,
      description: "The number of the version that the alias pointed to before; null if the alias is new.",
      resolve: (event, _args, { viewer }) => numberOf(snapshotsOf(event, viewer).before, "number"),
    }),
    reason: t.string({
      nullable: true,
      description: "The reason that the actor gave.",
      resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).after, "reason"),
    }),
  }),
});

export const stageChange = (t: EventFieldBuilder) => ({
  ...aboutVersion(t),
  from: t.field({
    type: Stage,
    description: "The stage that the version left.",
    resolve: ({ fromStage }) => fromStage ?? "NONE",
  }),
  to: t.field({
    type: Stage,
    description: "The stage that the version entered.",
    resolve: ({ toStage }) => toStage ?? "NONE",
  }),
  reason: t.string({
    nullable: true,
    description: "The reason that the actor gave.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).after, "reason"),
  }),
  transition: t.field({
    type: StageTransition,
    nullable: true,
    description: "The recorded move; null if the viewer may no longer see the model.",
    resolve: visibleRow("StageTransition", ({ id }) => id),
  }),
  decision: decisionField(t),
});

export const renamed = (t: EventFieldBuilder) => ({
  ...aboutModel(t),
  previousName: t.string({
    nullable: true,
    description: "The previous name; null if the viewer's token does not cover it.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).before, "name"),
  }),
});

export const described = (t: EventFieldBuilder) => ({
  ...aboutModel(t),
  description: t.string({
    nullable: true,
    description: "The new description.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).after, "description"),
  }),
  previousDescription: t.string({
    nullable: true,
    description: "The previous description.",
    resolve: (event, _args, { viewer }) => textOf(snapshotsOf(event, viewer).before, "description"),
  }),
});
