import { coversAllRuns, coversEverything, coversRunsByVersion, type Viewer } from "../../domain/access/actor.js";
import { maySeeEvent } from "../../domain/access/event-visibility.js";
import { holdsScope } from "../../domain/access/scopes.js";
import { coveredDataset, coveredRun } from "../access/visibility.js";
import { coversDataset, coversName, coversRun } from "../access/visibility-sql.js";
import { type Event, Prisma, type PrismaClient } from "../generated/client.js";

type Told = Pick<Event, "type" | "subjectType" | "subjectId" | "modelName" | "experimentName" | "environment">;
type RightsDatabase = Pick<PrismaClient, "run" | "dataset">;

/**
 * The events that the viewer may see, of those that were read: names count as they were then, and what a token sees by
 * its versions alone is looked up. `seesEvent` says the same of rows.
 */
export function keepSeen<E extends Told>(db: RightsDatabase, viewer: Viewer, events: readonly E[]): E[] | Promise<E[]> {
  const sights = events.map((event) => sightOf(viewer, event));
  if (!sights.some((sight) => sight === "BY_RUN" || sight === "BY_DATASET"))
    return events.filter((_event, i) => sights[i] === "SEEN");
  return keepLookedUp(db, viewer, events, sights);
}

async function keepLookedUp<E extends Told>(
  db: RightsDatabase,
  viewer: Viewer,
  events: readonly E[],
  sights: readonly Sight[],
): Promise<E[]> {
  const ids = (sight: Sight) => events.flatMap(({ subjectId }, i) => (sights[i] === sight ? [subjectId] : []));
  const runs = await coveredIds(db.run, ids("BY_RUN"), coveredRun(viewer));
  const datasets = await coveredIds(db.dataset, ids("BY_DATASET"), coveredDataset(viewer));
  return events.filter(({ subjectId }, i) => {
    if (sights[i] === "BY_RUN") return runs.has(subjectId);
    if (sights[i] === "BY_DATASET") return datasets.has(subjectId);
    return sights[i] === "SEEN";
  });
}

/** Whether the viewer may see an event, or what must be looked up to know. */
type Sight = "SEEN" | "HIDDEN" | "BY_RUN" | "BY_DATASET";

function sightOf(viewer: Viewer, event: Told): Sight {
  if (maySeeEvent(viewer, event)) return "SEEN";
  const { subjectType } = event;
  if (FOR_ADMINS.includes(subjectType)) return coversEverything(viewer) ? "SEEN" : "HIDDEN";
  if (!holdsScope(viewer.scopes, "runs:read")) return "HIDDEN";
  if (subjectType === "Run" && coversRunsByVersion(viewer)) return "BY_RUN";
  return subjectType === "Dataset" ? "BY_DATASET" : "HIDDEN";
}

const OF_MODELS = ["Model", "ModelVersion", "Alias", "Deployment"];
const OF_RUNS = ["Run", "Experiment"];
const FOR_ADMINS = ["Webhook", "Revocation"];

interface Table {
  findMany(args: never): PromiseLike<{ id: string }[]>;
}

async function coveredIds(table: Table, ids: readonly string[], covered: object): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const where = { AND: [{ id: { in: [...new Set(ids)] } }, covered] };
  const rows = await table.findMany({ where, select: { id: true } } as never);
  return new Set(rows.map(({ id }) => id));
}

/** Whether the viewer may see the row `ev` of the log, for statements that are written by hand. */
export function seesEvent(viewer: Viewer): Prisma.Sql {
  const models = Prisma.sql`${holdsScope(viewer.scopes, "models:read")}::boolean`;
  const runs = Prisma.sql`${holdsScope(viewer.scopes, "runs:read")}::boolean`;
  const all = Prisma.sql`${coversAllRuns(viewer)}::boolean`;
  const environment = coversName(Prisma.sql`ev."environment"`, viewer.environmentGlobs);
  return Prisma.sql`CASE
    WHEN ev."subjectType" = ANY(${OF_MODELS}::text[])
      THEN ${models} AND ${coversName(Prisma.sql`ev."modelName"`, viewer.modelGlobs)} AND (ev."environment" IS NULL OR ${environment})
    WHEN ev."subjectType" = 'LineageEdge' THEN ${models} AND ${runs} AND ${all}
    WHEN ev."subjectType" = 'Dataset' THEN ${runs} AND (${all} OR EXISTS (
      SELECT FROM "Dataset" AS d WHERE d."id" = ev."subjectId"::uuid AND ${coversDataset(viewer)}))
    WHEN ev."subjectType" = ANY(${FOR_ADMINS}::text[]) THEN ${coversEverything(viewer)}::boolean
    WHEN ev."subjectType" = ANY(${OF_RUNS}::text[]) THEN ${runs} AND ${seesTracking(viewer)}
    ELSE false
  END`;
}

function seesTracking(viewer: Viewer): Prisma.Sql {
  if (!coversRunsByVersion(viewer)) return coversName(Prisma.sql`ev."experimentName"`, viewer.experimentGlobs);
  return Prisma.sql`ev."subjectType" = 'Run' AND EXISTS (
    SELECT FROM "Run" AS r JOIN "Experiment" AS x ON x."id" = r."experimentId"
    WHERE r."id" = ev."subjectId" AND ${coversRun(viewer)})`;
}
