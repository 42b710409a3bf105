import DataLoader from "dataloader";
import type { Prisma, PrismaClient } from "../../store/generated/client.js";
import { createPast, type Past } from "./time-travel-loader.js";

type LoaderDatabase = Pick<
  PrismaClient,
  | "modelVersion"
  | "stageTransition"
  | "modelTag"
  | "modelVersionTag"
  | "experimentTag"
  | "run"
  | "runTag"
  | "runParam"
  | "datasetTag"
  | "lineageEdge"
  | "deployment"
  | "deploymentVersion"
  | "deploymentChange"
  | "webhookDelivery"
  | "metricSeries"
  | "metricPoint"
  | "event"
  | "eventHead"
  | "$queryRaw"
>;

interface TagKey {
  readonly ownerId: string;
  readonly key: string;
}

type TagLoader = DataLoader<TagKey, string | null>;
type Counter<Where> = (where: Where, parentId: string) => Promise<number>;

/**
 * Look-ups that many rows of one page make: each is one statement for the page. Nothing is cached beyond the batch, so
 * that the events of a long stream never read what was true before them.
 */
export interface Loaders {
  readonly modelTag: TagLoader;
  readonly modelVersionTag: TagLoader;
  readonly experimentTag: TagLoader;
  readonly runTag: TagLoader;
  readonly runParam: TagLoader;
  readonly datasetTag: TagLoader;
  readonly countVersions: Counter<Prisma.ModelVersionWhereInput>;
  readonly countModelTransitions: Counter<Prisma.StageTransitionWhereInput>;
  readonly countVersionTransitions: Counter<Prisma.StageTransitionWhereInput>;
  readonly countRuns: Counter<Prisma.RunWhereInput>;
  readonly countRunsById: Counter<Prisma.RunWhereInput>;
  readonly countChildren: Counter<Prisma.RunWhereInput>;
  readonly countDeployments: Counter<Prisma.DeploymentWhereInput>;
  readonly countRunningIn: Counter<Prisma.DeploymentVersionWhereInput>;
  readonly countChanges: Counter<Prisma.DeploymentChangeWhereInput>;
  readonly countDeliveries: Counter<Prisma.WebhookDeliveryWhereInput>;
  readonly countPoints: Counter<Prisma.MetricSeriesWhereInput>;
  /** What was at a time. */
  readonly past: (at: Date) => Past;
  /** Edges by the column that holds their one end. */
  countEdges(end: keyof Prisma.LineageEdgeWhereInput, where: Prisma.LineageEdgeWhereInput, id: string): Promise<number>;
}

export function createLoaders(db: LoaderDatabase): Loaders {
  let made: Loaders | undefined;
  // most subscriptions, which hold theirs for hours, and many requests never ask for any
  return new Proxy({} as Loaders, {
    get(_, name: keyof Loaders) {
      made ??= makeLoaders(db);
      return made[name];
    },
  });
}

function makeLoaders(db: LoaderDatabase): Loaders {
  const countEdges = new Map<string, Counter<Prisma.LineageEdgeWhereInput>>();
  return {
    modelTag: tagLoader(db.modelTag, "modelId"),
    modelVersionTag: tagLoader(db.modelVersionTag, "versionId"),
    experimentTag: tagLoader(db.experimentTag, "experimentId"),
    runTag: tagLoader(db.runTag, "runId"),
    runParam: tagLoader(db.runParam, "runId"),
    datasetTag: tagLoader(db.datasetTag, "datasetId"),
    countVersions: countLoader(countBy(db.modelVersion, "modelId")),
    countModelTransitions: countLoader(countBy(db.stageTransition, "modelId")),
    countVersionTransitions: countLoader(countBy(db.stageTransition, "versionId")),
    countRuns: countLoader(countBy(db.run, "experimentId")),
    countRunsById: countLoader(countBy(db.run, "id")),
    countChildren: countLoader(countBy(db.run, "parentId")),
    countDeployments: countLoader(countBy(db.deployment, "modelId")),
    countRunningIn: countLoader(countBy(db.deploymentVersion, "versionId")),
    countChanges: countLoader(countBy(db.deploymentChange, "deploymentId")),
    countDeliveries: countLoader(countBy(db.webhookDelivery, "webhookId")),
    countPoints: countLoader((where, runIds) => countPoints(db, where, runIds)),
    past: createPast(db),
    countEdges(end, where, id) {
      const count = countEdges.get(end) ?? countLoader(countBy(db.lineageEdge, end));
      countEdges.set(end, count);
      return count(where, id);
    },
  };
}

/** What we need of Prisma's typed tables where one piece of code serves several of them. */
interface TagTable {
  findMany(args: never): PromiseLike<unknown>;
}
interface GroupedTable {
  groupBy(args: never): PromiseLike<unknown>;
}

function tagLoader(table: TagTable, owner: string): TagLoader {
  const id = ({ ownerId, key }: TagKey) => `${ownerId} ${key}`;
  return new DataLoader(
    async (wanted: readonly TagKey[]) => {
      const distinct = (values: string[]) => [...new Set(values)];
      const ownerIds = distinct(wanted.map((tag) => tag.ownerId));
      const keys = distinct(wanted.map((tag) => tag.key));
      const rows = (await table.findMany({
        where: { [owner]: { in: ownerIds }, key: { in: keys } },
      } as never)) as Record<string, string>[];
      const values = new Map(rows.map((row) => [id({ ownerId: row[owner] ?? "", key: row.key ?? "" }), row.value]));
      return wanted.map((tag) => values.get(id(tag)) ?? null);
    },
    { cache: false },
  );
}

type Counts = [parentId: string, count: number][];

function countBy(table: GroupedTable, parent: string) {
  return async (where: object, parentIds: string[]): Promise<Counts> => {
    const rows = (await table.groupBy({
      by: [parent],
      where: { AND: [where, { [parent]: { in: parentIds } }] },
      _count: { _all: true },
    } as never)) as (Record<string, string> & { _count: { _all: number } })[];
    return rows.map((row) => [row[parent] ?? "", row._count._all]);
  };
}

/** The points of the runs' series that match: each run has at most one such series. */
async function countPoints(
  { metricSeries, metricPoint }: Pick<LoaderDatabase, "metricSeries" | "metricPoint">,
  where: Prisma.MetricSeriesWhereInput,
  runIds: string[],
): Promise<Counts> {
  const series = await metricSeries.findMany({
    where: { AND: [where, { runId: { in: runIds } }] },
    select: { id: true, runId: true },
  });
  const counts = await metricPoint.groupBy({
    by: ["seriesId"],
    where: { seriesId: { in: series.map(({ id }) => id) } },
    _count: { _all: true },
  });
  const bySeries = new Map(counts.map(({ seriesId, _count }) => [seriesId, _count._all]));
  return series.map(({ id, runId }) => [runId, bySeries.get(id) ?? 0]);
}

/** One loader for each condition, so that the totals of all parents under one field are one grouped statement. */
function countLoader<Where>(read: (where: Where, parentIds: string[]) => Promise<Counts>): Counter<Where> {
  const loaders = new Map<string, DataLoader<string, number>>();
  return (where, parentId) => {
    const condition = JSON.stringify(where, (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
    const loader =
      loaders.get(condition) ??
      new DataLoader<string, number>(
        async (parentIds) => {
          const counts = new Map(await read(where, [...new Set(parentIds)]));
          return parentIds.map((id) => counts.get(id) ?? 0);
        },
        { cache: false },
      );
    loaders.set(condition, loader);
    return loader.load(parentId);
  };
}
