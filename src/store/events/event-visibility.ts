import type { Viewer } from "../../domain/access/actor.js";
import { type Condition, evaluate } from "../../domain/access/condition.js";
import { EVENT_RULES, factsOf, visibleEvent } from "../../domain/events/event-visibility.js";
import { coveredDataset, coveredRun } from "../access/visibility.js";
import { toSql } from "../access/visibility-sql.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";

type VisibleEvent = Pick<Event, "type" | "subjectId" | "modelName" | "experimentName" | "environment">;
type VisibilityDatabase = Pick<PrismaClient, "run" | "dataset">;

/** The relations of an event that are looked up, and what they are looked up by. */
const LOOK_UPS = {
  run: (db: VisibilityDatabase, viewer: Viewer, ids: string[]) =>
    db.run.findMany({ where: { AND: [{ id: { in: ids } }, coveredRun(viewer)] }, select: { id: true } }),
  dataset: (db: VisibilityDatabase, viewer: Viewer, ids: string[]) =>
    db.dataset.findMany({ where: { AND: [{ id: { in: ids } }, coveredDataset(viewer)] }, select: { id: true } }),
};
type LookedUp = keyof typeof LOOK_UPS;

/**
 * Keeps the events that the viewer may see, of those that were read. `seesEvent` is the same rule for rows. Only where
 * names do not decide, as for a token that sees runs by their versions, the run or dataset is looked up.
 */
export function keepSeen<E extends VisibleEvent>(
  db: VisibilityDatabase,
  viewer: Viewer,
  events: readonly E[],
): E[] | Promise<E[]> {
  const wanted: Record<LookedUp, Set<string>> = { run: new Set(), dataset: new Set() };
  const seen = events.filter((event) =>
    evaluate(visibleEvent(viewer, event.type), factsOf(event), (relation) => {
      wanted[relation as LookedUp].add(event.subjectId);
      return undefined;
    }),
  );
  return wanted.run.size + wanted.dataset.size === 0 ? seen : keepLookedUp(db, viewer, events, wanted);
}

async function keepLookedUp<E extends VisibleEvent>(
  db: VisibilityDatabase,
  viewer: Viewer,
  events: readonly E[],
  wanted: Record<LookedUp, ReadonlySet<string>>,
): Promise<E[]> {
  const find = async (relation: LookedUp) => {
    const ids = [...wanted[relation]];
    const rows = ids.length === 0 ? [] : await LOOK_UPS[relation](db, viewer, ids);
    return new Set(rows.map(({ id }) => id));
  };
  const found: Record<LookedUp, ReadonlySet<string>> = { run: await find("run"), dataset: await find("dataset") };
  return events.filter((event) =>
    evaluate(visibleEvent(viewer, event.type), factsOf(event), (relation) =>
      found[relation as LookedUp].has(event.subjectId),
    ),
  );
}

type Rule = (viewer: Viewer) => Condition<"Event">;

/** Nouns with the same rule share a branch. */
const BRANCHES: ReadonlyMap<Rule, readonly string[]> = Object.values(EVENT_RULES).reduce((branches, rule) => {
  return branches.set(rule.visible, [...(branches.get(rule.visible) ?? []), rule.subjectType]);
}, new Map<Rule, string[]>());

/** Whether the viewer may see the row `ev` of the log, as SQL. A type of subject without a rule is hidden. */
export function seesEvent(viewer: Viewer): Prisma.Sql {
  const branches = [...BRANCHES].map(
    ([rule, subjectTypes]) =>
      Prisma.sql`WHEN ev."subjectType" = ANY(${subjectTypes}::text[]) THEN ${toSql("Event", rule(viewer), { row: "ev" })}`,
  );
  return Prisma.sql`CASE ${Prisma.join(branches, " ")} ELSE false END`;
}
