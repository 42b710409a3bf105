import type { Viewer } from "../../domain/access/actor.js";
import type { LineageNodeKind } from "../../domain/lineage/lineage.js";
import { fromRank } from "../../domain/tracking/metric.js";
import { alignColumns, type ComparedRow } from "../../domain/versions/comparison.js";
import { visibleDataset, visibleRun, visibleVersion } from "../access/visibility.js";
import type { PrismaClient } from "../generated/client.js";

/** Where the compared data is read, and for whom. */
interface ReadContext {
  readonly db: Pick<PrismaClient, "runParam" | "modelVersionTag" | "metricSeries" | "lineageEdge" | "$queryRaw">;
  readonly viewer: Viewer;
}

/** The versions to compare, and the runs that produced them. */
export interface Comparison {
  readonly versions: readonly { readonly id: string; readonly runId: string | null }[];
}

export interface ComparedMetric {
  readonly key: string;
  readonly dataset: { readonly id: string } | null;
  readonly steps: readonly (bigint | null)[];
  readonly values: readonly (number | null)[];
  readonly deltas: readonly (number | null)[];
  readonly differs: boolean;
}

export interface ComparedInput {
  readonly kind: LineageNodeKind;
  readonly id: string;
  readonly name: string;
  readonly context: string;
  readonly present: readonly boolean[];
  readonly differs: boolean;
}

type Text = { readonly key: string; readonly value: string };

const isSameText = (a: string, b: string) => a === b;
const isSameNode = () => true;

function runIdsOf({ versions }: Comparison): string[] {
  return versions.flatMap(({ runId }) => (runId === null ? [] : [runId]));
}

export async function compareParams({ db, viewer }: ReadContext, comparison: Comparison) {
  const rows = await db.runParam.findMany({
    where: { runId: { in: runIdsOf(comparison) }, run: visibleRun(viewer) },
  });
  const columns = comparison.versions.map(({ runId }) => toColumn(rows.filter((row) => row.runId === runId)));
  return alignColumns(columns, isSameText);
}

export async function compareTags({ db }: ReadContext, { versions }: Comparison) {
  const rows = await db.modelVersionTag.findMany({ where: { versionId: { in: versions.map(({ id }) => id) } } });
  const columns = versions.map(({ id }) => toColumn(rows.filter(({ versionId }) => versionId === id)));
  return alignColumns(columns, isSameText);
}

function toColumn(rows: readonly Text[]): Map<string, string> {
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/**
 * Compares the latest value of each metric, or the one at a step, by key and dataset: runs that were trained for 30 and for 100
 * steps have their latest values in one row.
 */
export async function compareMetrics(
  { db, viewer }: ReadContext,
  comparison: Comparison,
  step: number | null,
): Promise<ComparedMetric[]> {
  const latest = await db.metricSeries.findMany({
    where: { runId: { in: runIdsOf(comparison) }, loggedModelId: null, run: visibleRun(viewer) },
    include: { dataset: true },
  });
  const rows = step === null ? latest : await valuesAtStep(db, latest, BigInt(step));
  const rowKey = (row: Measured) => JSON.stringify([row.key, row.dataset?.name ?? "", row.datasetId]);
  const columns = comparison.versions.map(
    ({ runId }) => new Map(rows.filter((row) => row.runId === runId).map((row) => [rowKey(row), row])),
  );
  return alignColumns(columns, (a, b) => a.rank === b.rank).map((row) => toMetric(row));
}

interface Measured {
  readonly id: bigint;
  readonly runId: string;
  readonly key: string;
  readonly datasetId: string | null;
  readonly dataset: { readonly id: string; readonly name: string; readonly deletedAt: Date | null } | null;
  readonly step: bigint;
  readonly rank: bigint;
}

/** The series with the latest of their values at the step. Those without one are left out. Reads the primary key only. */
async function valuesAtStep(db: ReadContext["db"], series: readonly Measured[], step: bigint): Promise<Measured[]> {
  const ids = series.map(({ id }) => id);
  const points = await db.$queryRaw<{ seriesId: bigint; rank: bigint }[]>`
    SELECT s."id" AS "seriesId", p."rank"
    FROM unnest(${ids}::bigint[]) AS s ("id")
    CROSS JOIN LATERAL (
      SELECT p."rank" FROM "MetricPoint" AS p
      WHERE p."seriesId" = s."id" AND p."step" = ${step}::bigint
      ORDER BY p."timestamp" DESC, p."rank" DESC LIMIT 1
    ) AS p`;
  const ranks = new Map(points.map(({ seriesId, rank }) => [BigInt(seriesId), BigInt(rank)]));
  return series.flatMap((row) => {
    const rank = ranks.get(row.id);
    return rank === undefined ? [] : [{ ...row, step, rank }];
  });
}

function toMetric({ values: rows, differs }: ComparedRow<Measured>): ComparedMetric {
  const values = rows.map((row) => (row ? fromRank(row.rank) : null));
  const [first = null] = values;
  const some = rows.find((row) => row !== null) as Measured;
  return {
    key: some.key,
    dataset: some.dataset?.deletedAt === null ? some.dataset : null,
    steps: rows.map((row) => row?.step ?? null),
    values,
    deltas: values.map((value) => (value === null || first === null ? null : value - first)),
    differs,
  };
}

export async function compareInputs({ db, viewer }: ReadContext, comparison: Comparison): Promise<ComparedInput[]> {
  const { versions } = comparison;
  const edges = await db.lineageEdge.findMany({
    where: {
      AND: [
        {
          OR: [
            { toRunId: { in: runIdsOf(comparison) }, toRun: visibleRun(viewer) },
            { toVersionId: { in: versions.map(({ id }) => id) } },
          ],
        },
        { OR: [{ fromDataset: visibleDataset(viewer) }, { fromVersion: visibleVersion(viewer) }] },
      ],
    },
    include: { fromDataset: true, fromVersion: { include: { model: { select: { name: true } } } } },
  });
  const columns = versions.map(({ id, runId }) => {
    const own = edges.filter(({ toRunId, toVersionId }) => toVersionId === id || (runId !== null && toRunId === runId));
    return new Map(own.map((edge) => [JSON.stringify([nameOf(edge), edge.fromNode, edge.context]), edge]));
  });
  return alignColumns(columns, isSameNode).map(({ values, differs }) => {
    const some = values.find((edge) => edge !== null) as (typeof edges)[number];
    return {
      kind: some.fromDataset ? "DATASET" : "MODEL_VERSION",
      id: some.fromDatasetId ?? some.fromVersionId ?? "",
      name: nameOf(some),
      context: some.context,
      present: values.map((edge) => edge !== null),
      differs,
    };
  });
}

function nameOf({
  fromDataset,
  fromVersion,
}: {
  fromDataset: { name: string; digest: string } | null;
  fromVersion: { number: number; model: { name: string } } | null;
}): string {
  return fromDataset
    ? `${fromDataset.name}@${fromDataset.digest}`
    : `${fromVersion?.model.name} v${fromVersion?.number}`;
}
