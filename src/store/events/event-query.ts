import type { Viewer } from "../../domain/access/actor.js";
import type { EventFilter } from "../../domain/events/event-filter.js";
import { textArray } from "../access/like-patterns.js";
import { coversName } from "../access/visibility-sql.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";
import { TOLD_COLUMNS } from "./event-columns.js";
import { seesEvent } from "./event-visibility.js";

type LogDatabase = Pick<PrismaClient, "$queryRaw">;

/** Revisions between which a page lies, neither of them in it. */
export interface EventRange {
  readonly after: bigint | null;
  readonly before: bigint | null;
}

export interface EventPage extends EventRange {
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** How much of each event: what its fields tell, or, for auditors, its whole body. */
export type EventColumns = "TOLD" | "WHOLE";

/** The bytes of bodies past which a page of whole events takes no more, but for its second: one may have 20 million. */
export const WHOLE_PAGE_BYTES = 4 * 1024 * 1024;

/** A page of the log, of what the viewer may see and the filter wants. */
export function readEventPage(
  db: LogDatabase,
  viewer: Viewer,
  filter: EventFilter,
  { newestFirst, limit, columns, ...range }: EventPage & { readonly columns: EventColumns },
): Promise<Event[]> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const bytes = Prisma.sql`sum(octet_length(ev."body")) OVER (
    ORDER BY ev."revision" ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  const page = Prisma.sql`FROM "Event" AS ev WHERE ${within(range)} AND ${meets(filter)} AND ${seesEvent(viewer)}
    ORDER BY ev."revision" ${order} LIMIT ${limit}::int`;
  if (columns === "TOLD") return db.$queryRaw<Event[]>`SELECT ${TOLD_COLUMNS} ${page}`;
  return db.$queryRaw<Event[]>`
    SELECT ev.* FROM "Event" AS ev JOIN (
      SELECT ev."revision", ${bytes} AS "bytes", row_number() OVER (ORDER BY ev."revision" ${order}) AS "place" ${page}
    ) AS page ON page."revision" = ev."revision" AND (page."place" <= 2 OR page."bytes" < ${WHOLE_PAGE_BYTES}::int)
    ORDER BY ev."revision" ${order}`;
}

export async function countEvents(db: LogDatabase, viewer: Viewer, filter: EventFilter): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Event" AS ev WHERE ${meets(filter)} AND ${seesEvent(viewer)}`;
  return row?.count ?? 0;
}

/** What an event is below: a model with its versions and aliases, or one version. */
export type EventParent = "modelId" | "versionId";

/** The same page of each of several parents, in one statement. */
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
      SELECT ${TOLD_COLUMNS} FROM "Event" AS ev WHERE ev.${column} = p."id" AND ${within(range)} AND ${seesEvent(viewer)}
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

function within({ after, before }: EventRange): Prisma.Sql {
  return Prisma.sql`(${after}::bigint IS NULL OR ev."revision" > ${after}::bigint) AND (${before}::bigint IS NULL OR ev."revision" < ${before}::bigint)`;
}

/** `matchesEvent` of domain/event-filter.ts, of the row `ev`. */
function meets({ types, models, stages, from, to, aliases, actor }: EventFilter): Prisma.Sql {
  const isOne = (column: Prisma.Sql, texts: readonly string[]) =>
    Prisma.sql`${column}::text = ANY(${textArray(texts)}::text[])`;
  const [left, entered] = [Prisma.sql`ev."fromStage"`, Prisma.sql`ev."toStage"`];
  const conditions = [
    types && isOne(Prisma.sql`ev."type"`, types),
    models && coversName(Prisma.sql`ev."modelName"`, models),
    stages && Prisma.sql`(${isOne(left, stages)} OR ${isOne(entered, stages)})`,
    from && isOne(left, from),
    to && isOne(entered, to),
    aliases && isOne(Prisma.sql`ev."alias"`, aliases),
    actor?.issuer !== undefined && isOne(Prisma.sql`ev."actorIssuer"`, [actor.issuer]),
    actor?.subject !== undefined && isOne(Prisma.sql`ev."actorSubject"`, [actor.subject]),
  ].filter((condition) => condition !== undefined && condition !== false);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
}
