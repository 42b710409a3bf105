import type { Reader } from "../access/actor.js";
import { matchesAnyGlob } from "../values/glob.js";
import type { JsonObject } from "../values/json.js";
import type { Stage } from "../versions/stage.js";
import type { EventType } from "./event.js";
import { visibleSnapshot } from "./event-snapshot.js";

/** Which events a client wants. Every condition that is given must hold; an absent one does not restrict anything. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  /** Names or globs of models, by the name that the model had then. A rename has two: the new one and the previous one. */
  readonly models?: readonly string[] | undefined;
  /** Moves from or to one of these. */
  readonly stages?: readonly Stage[] | undefined;
  readonly from?: readonly Stage[] | undefined;
  readonly to?: readonly Stage[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly actor?: { readonly issuer?: string | undefined; readonly subject?: string | undefined } | undefined;
}

/** The type of the events that hold two names of a model. Its previous name is not a column, but `name` in `before`. */
export const RENAME_TYPE = "model.renamed" satisfies EventType;

/** What filters look at in an event: columns, and the body for the previous name of a renamed model. */
export interface FilteredEvent {
  readonly type: string;
  readonly modelName: string | null;
  readonly fromStage: string | null;
  readonly toStage: string | null;
  readonly alias: string | null;
  readonly actorIssuer: string;
  readonly actorSubject: string;
  readonly body: string;
}

export type FilterColumn = Exclude<keyof FilteredEvent, "body"> | "previousModelName";

/** The columns that each list of a filter applies to. An event meets the list if one of the columns does. */
const COLUMNS = {
  types: ["type"],
  models: ["modelName", "previousModelName"],
  stages: ["fromStage", "toStage"],
  from: ["fromStage"],
  to: ["toStage"],
  aliases: ["alias"],
} as const satisfies Record<string, readonly FilterColumn[]>;

type ListName = keyof typeof COLUMNS;
type Lists = { readonly [Name in ListName]?: readonly string[] | null | undefined };
type Actor = { readonly issuer?: string | null | undefined; readonly subject?: string | null | undefined };

/** One of the columns must have one of the texts, or match one of the globs. A column that is null does neither. */
export interface EventCondition {
  readonly columns: readonly FilterColumn[];
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
  const equals = (column: FilterColumn, text: string | null | undefined): EventCondition[] =>
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

/**
 * Whether an event that the reader may see meets the conditions. A previous name that the reader may not see meets none:
 * otherwise filters would find it out, glob by glob.
 */
export function meetsConditions(reader: Reader, conditions: readonly EventCondition[], event: FilteredEvent): boolean {
  return conditions.every(({ columns, isGlob, values }) =>
    columns.some((column) => {
      const text = column === "previousModelName" ? previousModelName(reader, event) : event[column];
      return text !== null && (isGlob ? matchesAnyGlob(values, text) : values.includes(text));
    }),
  );
}

/** The conditions of a filter of streams and lists: models by globs, everything else by exact texts. */
export function conditionsOfFilter(filter: EventFilter): EventCondition[] {
  return conditionsOf(filter, ["models"]);
}

/** Returns the check whether an event that the reader may see meets the filter. */
export function createEventMatcher(reader: Reader, filter: EventFilter): (event: FilteredEvent) => boolean {
  const conditions = conditionsOfFilter(filter);
  return (event) => meetsConditions(reader, conditions, event);
}

function previousModelName(reader: Reader, { type, body }: FilteredEvent): string | null {
  if (type !== RENAME_TYPE) return null;
  const { before } = JSON.parse(body) as { before: JsonObject | null };
  const name = visibleSnapshot(reader, type, before)?.name;
  return typeof name === "string" ? name : null;
}
