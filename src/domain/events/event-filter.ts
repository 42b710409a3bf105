import { matchesAnyGlob } from "../values/glob.js";
import type { Stage } from "../versions/stage.js";
import type { EventType } from "./event.js";

/** Which events: the conditions that are given all hold. What is absent is not asked. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  /** Names or globs of models, as they were. */
  readonly models?: readonly string[] | undefined;
  /** Moves from or to one of these. */
  readonly stages?: readonly Stage[] | undefined;
  readonly from?: readonly Stage[] | undefined;
  readonly to?: readonly Stage[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly actor?: { readonly issuer?: string | undefined; readonly subject?: string | undefined } | undefined;
}

/** The columns of an event that filters look at. */
export interface FilteredEvent {
  readonly type: string;
  readonly modelName: string | null;
  readonly fromStage: string | null;
  readonly toStage: string | null;
  readonly alias: string | null;
  readonly actorIssuer: string;
  readonly actorSubject: string;
}

/** Whether an event that was read already meets the filter. store/event-query.ts says the same of rows. */
export function matchesEvent(filter: EventFilter, event: FilteredEvent): boolean {
  const { types, models, stages, from, to, aliases, actor } = filter;
  const isOne = (list: readonly string[] | undefined, ...texts: (string | null)[]) =>
    list === undefined || texts.some((text) => text !== null && list.includes(text));
  return (
    isOne(types, event.type) &&
    (models === undefined || (event.modelName !== null && matchesAnyGlob(models, event.modelName))) &&
    isOne(stages, event.fromStage, event.toStage) &&
    isOne(from, event.fromStage) &&
    isOne(to, event.toStage) &&
    isOne(aliases, event.alias) &&
    (actor?.issuer === undefined || actor.issuer === event.actorIssuer) &&
    (actor?.subject === undefined || actor.subject === event.actorSubject)
  );
}
