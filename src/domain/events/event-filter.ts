import { matchesAnyGlob } from "../values/glob.js";
import type { Stage } from "../versions/stage.js";
import type { EventType } from "./event.js";

/** Which events a client wants. Every condition that is given must hold; an absent one does not restrict anything. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  /** Names or globs of models, by the name that the model had then. */
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

/** The columns that each list of a filter applies to. An event meets the list if one of the columns does. */
const COLUMNS = {
  types: ["type"],
  models: ["modelName"],
  stages: ["fromStage", "toStage"],
  from: ["fromStage"],
  to: ["toStage"],
  aliases: ["alias"],
} as const satisfies Record<string, readonly (keyof FilteredEvent)[]>;

type ListName = keyof typeof COLUMNS;
type Lists = { readonly [Name in ListName]?: readonly string[] | null | undefined };
type Actor = { readonly issuer?: string | null | undefined; readonly subject?: string | null | undefined };

/** One of the columns must have one of the texts, or match one of the globs. A column that is null does neither. */
export interface EventCondition {
  readonly columns: readonly (keyof FilteredEvent)[];
  readonly isGlob: boolean;
  readonly values: readonly string[];
}

/**
 * The conditions of a filter, which all must hold. This is the one definition of what filters mean: the check in memory
 * (`meetsConditions`), webhooks, and the SQL of store/events/event-query.ts are derived from it.
 */
export function conditionsOf(
  { actor, ...lists }: Lists & { readonly actor?: Actor | null | undefined },
  globs: readonly ListName[],
): EventCondition[] {
  const names = Object.keys(COLUMNS) as ListName[];
  const equals = (column: keyof FilteredEvent, text: string | null | undefined): EventCondition[] =>
    typeof text === "string" ? [{ columns: [column], isGlob: false, values: [text] }] : [];
  return [
    ...names.flatMap((name) => {
      const values = lists[name];
      return values ? [{ columns: COLUMNS[name], isGlob: globs.includes(name), values }] : [];
    }),
    ...equals("actorIssuer", actor?.issuer),
    ...equals("actorSubject", actor?.subject),
  ];
}

export function meetsConditions(conditions: readonly EventCondition[], event: FilteredEvent): boolean {
  return conditions.every(({ columns, isGlob, values }) =>
    columns.some((column) => {
      const text = event[column];
      return text !== null && (isGlob ? matchesAnyGlob(values, text) : values.includes(text));
    }),
  );
}

/** The conditions of a filter of streams and lists: models by globs, everything else by exact texts. */
export function conditionsOfFilter(filter: EventFilter): EventCondition[] {
  return conditionsOf(filter, ["models"]);
}

/** Returns the check whether an event meets the filter. */
export function createEventMatcher(filter: EventFilter): (event: FilteredEvent) => boolean {
  const conditions = conditionsOfFilter(filter);
  return (event) => meetsConditions(conditions, event);
}
