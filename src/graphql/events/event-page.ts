import type { Viewer } from "../../domain/access/actor.js";
import type { EventFilter } from "../../domain/events/event-filter.js";
import { cursorAfter } from "../../domain/events/stream-cursor.js";
import { readHead } from "../../store/events/event-log.js";
import {
  countEvents,
  type EventColumns,
  type EventPage,
  readEventPage,
  WHOLE_PAGE_BYTES,
} from "../../store/events/event-query.js";
import { positionOfCursor } from "../../store/events/log-position.js";
import type { Event } from "../../store/generated/client.js";
import { type Connection, toConnection } from "../kit/connection.js";
import { type PageArgs, type PageCut, parsePageSize } from "../kit/paging.js";
import type { ReadDatabase } from "../request/context.js";

/** A page of the log. Its cursors are stream cursors. */
export interface PlannedEvents extends PageCut<Event> {
  readonly page: EventPage;
}

/** Plans the page of Relay's arguments, of the log from its start or from its end. */
export async function planEvents(
  db: Pick<ReadDatabase, "eventHead" | "$queryRaw">,
  args: PageArgs,
  order: "OLDEST_FIRST" | "NEWEST_FIRST",
): Promise<PlannedEvents> {
  const { backward, size } = parsePageSize(args);
  const head = await readHead(db);
  const bound = async (field: "after" | "before") => {
    const text = args[field];
    return typeof text === "string" ? (await positionOfCursor(db, head, field, text)).revision : null;
  };
  const [after, before] = [await bound("after"), await bound("before")];
  const isOldestFirst = order === "OLDEST_FIRST";
  const range = isOldestFirst ? { after, before } : { after: before, before: after };
  return {
    page: { ...range, newestFirst: isOldestFirst === backward, limit: size + 1 },
    size,
    backward,
    continued: (backward ? before : after) !== null,
    cursorOf: (event) => cursorAfter(head.logId, event),
  };
}

/** Lists the events that the viewer may see, the oldest first. */
export async function listEvents(
  db: ReadDatabase,
  viewer: Viewer,
  { args, filter, columns }: { args: PageArgs; filter: EventFilter; columns: EventColumns },
): Promise<Connection<Event>> {
  const plan = await planEvents(db, args, "OLDEST_FIRST");
  const rows = await readEventPage(db, viewer, filter, { ...plan.page, columns });
  const size = columns === "WHOLE" && mayBeCut(rows) ? Math.min(plan.size, rows.length - 1) : plan.size;
  return toConnection(rows, { ...plan, size }, () => countEvents(db, viewer, filter));
}

/** Whether the page was cut at its limit of bytes. Its last row is then the first of the next page. */
function mayBeCut(rows: readonly Event[]): boolean {
  return rows.length > 1 && rows.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0) >= WHOLE_PAGE_BYTES;
}
