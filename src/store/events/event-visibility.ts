import type { Viewer } from "../../domain/access/actor.js";
import { type AnyCondition, type Condition, evaluate, type RelationOf } from "../../domain/access/condition.js";
import { EVENT_RULES, factsOf, visibleEvent } from "../../domain/events/event-visibility.js";
import { toWhere } from "../access/visibility.js";
import { toSql } from "../access/visibility-sql.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";

type VisibleEvent = Pick<Event, "type" | "subjectId" | "modelName" | "experimentName" | "environment">;
type VisibilityDatabase = Pick<PrismaClient, "run" | "loggedModel" | "dataset">;

/** The relations of an event that are looked up by the event's subject. */
const LOOK_UPS = {
  run: (db, ids, where) =>
    db.run.findMany({ where: { AND: [{ id: { in: ids } }, toWhere("Run", where)] }, select: { id: true } }),
  loggedModel: (db, ids, where) =>
    db.loggedModel.findMany({
      where: { AND: [{ id: { in: ids } }, toWhere("LoggedModel", where)] },
      select: { id: true },
    }),
  dataset: (db, ids, where) =>
    db.dataset.findMany({ where: { AND: [{ id: { in: ids } }, toWhere("Dataset", where)] }, select: { id: true } }),
} satisfies Record<
  RelationOf<"Event">,
  (db: VisibilityDatabase, ids: string[], where: AnyCondition) => PromiseLike<{ id: string }[]>
>;

/** The subjects that are looked up by one condition of a relation. */
interface Wanted {
  readonly relation: RelationOf<"Event">;
  readonly ids: Set<string>;
}

/** Keeps the events that the viewer may see, of those that were read. `seesEvent` is the same rule for rows. */
export function keepSeen<E extends VisibleEvent>(
  db: VisibilityDatabase,
  viewer: Viewer,
  events: readonly E[],
): E[] | Promise<E[]> {
  return keepMeeting(db, events, (event) => visibleEvent(viewer, event.type));
}

/**
 * Keeps the events that meet their conditions. Only where the columns do not decide, as for a token that sees runs by their
 * versions, the run, logged model or dataset is looked up, under the condition that the rule has for it.
 */
export function keepMeeting<E extends VisibleEvent>(
  db: VisibilityDatabase,
  events: readonly E[],
  conditionOf: (event: E) => Condition<"Event">,
): E[] | Promise<E[]> {
  const checked = events.map((event) => ({ event, condition: conditionOf(event) }));
  const wanted = new Map<AnyCondition, Wanted>();
  const met = checked.filter(({ event, condition }) =>
    evaluate(condition, factsOf(event), (relation, where) => {
      const { ids } = wanted.get(where) ?? { ids: new Set<string>() };
      wanted.set(where, { relation: relation as RelationOf<"Event">, ids: ids.add(event.subjectId) });
      return undefined;
    }),
  );
  return wanted.size === 0 ? met.map(({ event }) => event) : keepLookedUp(db, checked, wanted);
}

async function keepLookedUp<E extends VisibleEvent>(
  db: VisibilityDatabase,
  checked: readonly { readonly event: E; readonly condition: Condition<"Event"> }[],
  wanted: ReadonlyMap<AnyCondition, Wanted>,
): Promise<E[]> {
  const found = new Map<AnyCondition, ReadonlySet<string>>();
  for (const [where, { relation, ids }] of wanted) {
    const rows = await LOOK_UPS[relation](db, [...ids], where);
    found.set(where, new Set(rows.map(({ id }) => id)));
  }
  const met = checked.filter(({ event, condition }) =>
    evaluate(condition, factsOf(event), (_relation, where) => found.get(where)?.has(event.subjectId)),
  );
  return met.map(({ event }) => event);
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
