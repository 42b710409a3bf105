import type DataLoader from "dataloader";
import { countActivity, type EventParent, readActivity } from "../../store/events/event-query.js";
import type { Event } from "../../store/generated/client.js";
import { type Connection, toConnection } from "../kit/connection.js";
import type { PageArgs } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";
import { batched, perRequest } from "../request/loaders.js";
import { planEvents } from "./event-page.js";

const pagesOf = perRequest(() => new Map<string, DataLoader<string, Connection<Event>>>());
const countsOf = perRequest(() => new Map<EventParent, DataLoader<string, number>>());

/** Loads a page of one row's events: one statement for all rows that a field reads with the same arguments. */
export function loadActivity(
  context: GraphQLContext,
  { parent, id }: { parent: EventParent; id: string },
  args: PageArgs,
): Promise<Connection<Event>> {
  const pages = pagesOf(context);
  const { first, last, after, before } = args;
  const key = JSON.stringify([parent, first, last, after, before]);
  const page = pages.get(key) ?? pageLoader(context, parent, args);
  pages.set(key, page);
  return page.load(id);
}

function pageLoader(context: GraphQLContext, parent: EventParent, args: PageArgs) {
  const { db, viewer } = context;
  return batched(async (ids: readonly string[]) => {
    const plan = await planEvents(db, args, "NEWEST_FIRST");
    const rows = await readActivity(db, viewer, parent, ids, plan.page);
    return ids.map((id) => toConnection(rows.get(id) ?? [], plan, () => countOf(context, parent, id)));
  });
}

function countOf(context: GraphQLContext, parent: EventParent, id: string): Promise<number> {
  const { db, viewer } = context;
  const counts = countsOf(context);
  const loader =
    counts.get(parent) ??
    batched(async (ids: readonly string[]) => {
      const found = await countActivity(db, viewer, parent, ids);
      return ids.map((each) => found.get(each) ?? 0);
    });
  counts.set(parent, loader);
  return loader.load(id);
}
