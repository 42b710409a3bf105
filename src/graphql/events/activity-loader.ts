import DataLoader from "dataloader";
import type { Viewer } from "../../domain/access/actor.js";
import { readHead } from "../../store/events/event-log.js";
import { countActivity, type EventParent, readActivity } from "../../store/events/event-query.js";
import type { Event } from "../../store/generated/client.js";
import type { Connection } from "../kit/connection.js";
import type { PageArgs } from "../kit/paging.js";
import type { GraphQLContext, ReadDatabase } from "../request/context.js";
import type { Loaders } from "../request/loaders.js";
import { planEvents, toEventConnection } from "./event-page.js";

type ActivityDatabase = Pick<ReadDatabase, "event" | "eventHead" | "$queryRaw">;

/** The same page of the log of every row of a page: one statement for all that ask with the same arguments. */
export type ActivityLoader = (
  viewer: Viewer,
  parent: EventParent,
  args: PageArgs,
  id: string,
) => Promise<Connection<Event>>;

const loaders = new WeakMap<Loaders, ActivityLoader>();

/** The loader of the context's batch: it lives as long as the other loaders of that context. */
export function activityLoader(context: Pick<GraphQLContext, "db" | "loaders">): ActivityLoader {
  const made = loaders.get(context.loaders) ?? createActivityLoader(context.db);
  loaders.set(context.loaders, made);
  return made;
}

function createActivityLoader(db: ActivityDatabase): ActivityLoader {
  const pages = new Map<string, DataLoader<string, Connection<Event>>>();
  const counts = new Map<EventParent, DataLoader<string, number>>();
  return (viewer, parent, args, id) => {
    const { first, last, after, before } = args;
    const key = JSON.stringify([parent, first, last, after, before]);
    const count = counts.get(parent) ?? countLoader(db, viewer, parent);
    counts.set(parent, count);
    const page =
      pages.get(key) ??
      new DataLoader<string, Connection<Event>>(
        async (ids) => {
          const plan = await planEvents(db, await readHead(db), args, "NEWEST_FIRST");
          const rows = await readActivity(db, viewer, parent, ids, plan.page);
          return ids.map((each) => toEventConnection(rows.get(each) ?? [], plan, () => count.load(each)));
        },
        { cache: false },
      );
    pages.set(key, page);
    return page.load(id);
  };
}

function countLoader(db: ActivityDatabase, viewer: Viewer, parent: EventParent): DataLoader<string, number> {
  return new DataLoader(
    async (ids) => {
      const counts = await countActivity(db, viewer, parent, ids);
      return ids.map((id) => counts.get(id) ?? 0);
    },
    { cache: false },
  );
}
