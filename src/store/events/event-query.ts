import type { Viewer } from "../../domain/access/actor.js";
import {
  conditionsOfFilter,
  type EventCondition,
  type EventFilter,
  type FilterColumn,
  RENAME_TYPE,
} from "../../domain/events/event-filter.js";
import { textArray } from "../access/like-patterns.js";
import { coversName } from "../access/visibility-sql.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";
import { STREAM_COLUMNS } from "./event-columns.js";
import { seesEvent } from "./event-visibility.js";

type LogDatabase = Pick<PrismaClient, "$queryRaw">;

/** The revisions between which the events of a page are. Both are exclusive, and null means no bound. */
interface EventRange {
  readonly after: bigint | null;
  readonly before: bigint | null;
}

export interface EventPage extends EventRange {
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** How much of each event is read: what its fields show, or, for auditors, its whole body. */
export type EventColumns = "STREAM" | "WHOLE";

/**
 * A page of whole events whose bodies have this many bytes takes no further event, but always has two: one body may have
 * 20 million bytes.
 */
export const WHOLE_PAGE_BYTES = 4 * 1024 * 1024;

/** Reads a page of the events that the viewer may see and that meet the filter. */
export function readEventPage(
  db: LogDatabase,
  viewer: Viewer,
  filter: EventFilter,
  { newestFirst, limit, columns, ...range }: EventPage & { readonly columns: EventColumns },
): Promise<Event[]> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const bytes = Prisma.sql`sum(octet_length(ev."body")) OVER (
    ORDER BY ev."revision" ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  const page = Prisma.sql`FROM "Event" AS ev WHERE ${isInRange(range)} AND ${meetsFilter(viewer, filter)} AND ${seesEvent(viewer)}
    ORDER BY ev."revision" ${order} LIMIT ${limit}::int`;
  if (columns === "STREAM") return db.$queryRaw<Event[]>`SELECT ${STREAM_COLUMNS} ${page}`;
  return db.$queryRaw<Event[]>`
    SELECT ev.* FROM "Event" AS ev JOIN (
      SELECT ev."revision", ${bytes} AS "bytes", row_number() OVER (ORDER BY ev."revision" ${order}) AS "position" ${page}
    ) AS page ON page."revision" = ev."revision" AND (page."position" <= 2 OR page."bytes" < ${WHOLE_PAGE_BYTES}::int)
    ORDER BY ev."revision" ${order}`;
}

export async function countEvents(db: LogDatabase, viewer: Viewer, filter: EventFilter): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Event" AS ev WHERE ${meetsFilter(viewer, filter)} AND ${seesEvent(viewer)}`;
  return row?.count ?? 0;
}

/** What the events of an activity feed belong to: a model, with its versions and aliases, or one version. */
export type EventParent = "modelId" | "versionId";

/** Reads the same page of each of several parents, in one statement. */
export async function readActivity(
  db: LogDatabase,
  viewer: Viewer,
  parent: EventParent,
  ids: readonly string[],
  { newestFirst, limit, ...range }: EventPage,
): Promise<Map<string, Event[]>> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const column = Prisma.raw(`"${parent}"`);
  const rows = await db.$queryRaw<(Event & { parentId: string })[]>`
    SELECT p."id"::text AS "parentId", page.* FROM unnest(${[...ids]}::uuid[]) AS p ("id") CROSS JOIN LATERAL (
      SELECT ${STREAM_COLUMNS} FROM "Event" AS ev WHERE ev.${column} = p."id" AND ${isInRange(range)} AND ${seesEvent(viewer)}
      ORDER BY ev."revision" ${order} LIMIT ${limit}::int
    ) AS page`;
  const pages = new Map<string, Event[]>(ids.map((id) => [id, []]));
  for (const { parentId, ...event } of rows) pages.get(parentId)?.push(event);
  return pages;
}

export async function countActivity(
  db: LogDatabase,
  viewer: Viewer,
  parent: EventParent,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const column = Prisma.raw(`"${parent}"`);
  const rows = await db.$queryRaw<{ parentId: string; count: number }[]>`
    SELECT ev.${column}::text AS "parentId", count(*)::int AS "count" FROM "Event" AS ev
    WHERE ev.${column} = ANY(${[...ids]}::uuid[]) AND ${seesEvent(viewer)} GROUP BY 1`;
  return new Map(rows.map(({ parentId, count }) => [parentId, count]));
}

function isInRange({ after, before }: EventRange): Prisma.Sql {
  return Prisma.sql`(${after}::bigint IS NULL OR ev."revision" > ${after}::bigint) AND (${before}::bigint IS NULL OR ev."revision" < ${before}::bigint)`;
}

/** `createEventMatcher` of domain/events/event-filter.ts for the row `ev`, derived from the same conditions. */
function meetsFilter(viewer: Viewer, filter: EventFilter): Prisma.Sql {
  const conditions = conditionsOfFilter(filter).map((condition) => meetsCondition(viewer, condition));
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
}

function meetsCondition(viewer: Viewer, { columns, isGlob, values }: EventCondition): Prisma.Sql {
  const alternatives = columns.map((name) => {
    const column = columnOf(viewer, name);
    return isGlob ? coversName(column, values) : Prisma.sql`${column}::text = ANY(${textArray(values)}::text[])`;
  });
  return Prisma.sql`(${Prisma.join(alternatives, " OR ")})`;
}

/**
 * A column of the row `ev`. The previous name of a renamed model is read from the body, of renames only, and is null where
 * the viewer's claims do not cover it.
 */
function columnOf({ modelGlobs }: Viewer, name: FilterColumn): Prisma.Sql {
  if (name !== "previousModelName") return Prisma.raw(`ev."${name}"`);
  const previous = Prisma.sql`(ev."body"::jsonb #>> '{before,name}')`;
  return Prisma.sql`(CASE WHEN ev."type" = ${RENAME_TYPE} THEN
    CASE WHEN ${coversName(previous, modelGlobs)} THEN ${previous} END END)`;
}
