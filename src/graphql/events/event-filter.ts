import type { EventFilter as DomainFilter } from "../../domain/events/event-filter.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { ActorFilter } from "../kit/filter-inputs.js";
import { Stage } from "../kit/stage.js";
import { RegistryEventType } from "./registry-event.js";

export const RegistryEventFilter = builder.inputType("RegistryEventFilter", {
  description: "Which events: the conditions that are given all hold.",
  fields: (t) => ({
    types: t.field({ type: [RegistryEventType], description: "Of one of these kinds." }),
    models: t.stringList({
      description:
        "Of models whose name, as it was, matches one of these: names or globs in which `*` stands for anything.",
    }),
    stages: t.field({ type: [Stage], description: "Moves from or to one of these stages." }),
    aliases: t.stringList({ description: "Of one of these aliases." }),
    actor: t.field({ type: ActorFilter, description: "By who did it." }),
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
