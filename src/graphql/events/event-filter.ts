import type { EventFilter as DomainFilter } from "../../domain/events/event-filter.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { ActorFilter, MODEL_OR_RENAME } from "../kit/filter-inputs.js";
import { Stage } from "../kit/stage.js";
import { RegistryEventType } from "./registry-event.js";

export const RegistryEventFilter = builder.inputType("RegistryEventFilter", {
  description: "A filter on events. All conditions that are set must match.",
  fields: (t) => ({
    types: t.field({ type: [RegistryEventType], description: "The event has one of these types. At most 200." }),
    models: t.stringList({
      description: `${MODEL_OR_RENAME} At most 200.`,
    }),
    stages: t.field({ type: [Stage], description: "The version left or entered one of these stages." }),
    aliases: t.stringList({ description: "The event is about one of these aliases. At most 200." }),
    actor: t.field({ type: ActorFilter, description: "Who caused the event." }),
  }),
});

export function toEventFilter(where: (typeof RegistryEventFilter)["$inferInput"] | null | undefined): DomainFilter {
  const { types, models, stages, aliases, actor } = where ?? {};
  const { issuer, subject } = actor ?? {};
  return {
    ...(types ? { types: boundedList("where.types", types) } : {}),
    ...(models ? { models: boundedList("where.models", models) } : {}),
    ...(stages ? { stages } : {}),
    ...(aliases ? { aliases: boundedList("where.aliases", aliases) } : {}),
    actor: { issuer: issuer ?? undefined, subject: subject ?? undefined },
  };
}
