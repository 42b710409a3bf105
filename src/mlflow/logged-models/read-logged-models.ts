import { FIELD_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { type LoggedModelStatus, MODEL_VERSIONS_TAG } from "../../domain/logged-models/logged-model.js";
import { fromRank } from "../../domain/tracking/metric.js";
import { isCreator } from "../../registry/command.js";
import { visibleLoggedModel, visibleRun, visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { type LoggedModelPoint, readLoggedModelPoints } from "../../store/logged-models/logged-model-metrics.js";
import type { Context } from "../kit/context.js";

const COLUMNS = {
  id: true,
  name: true,
  modelType: true,
  status: true,
  statusMessage: true,
  sourceRunId: true,
  artifactUri: true,
  createdAt: true,
  updatedAt: true,
  createdByIssuer: true,
  createdBySubject: true,
  experiment: { select: { number: true } },
  params: { select: { key: true, value: true }, orderBy: { key: "asc" } },
  tags: { select: { key: true, value: true }, orderBy: { key: "asc" } },
} as const satisfies Prisma.LoggedModelSelect;

type LoggedModelRow = Prisma.LoggedModelGetPayload<{ select: typeof COLUMNS }>;

/** MLflow's words for the status of a logged model. */
export const STATUS_NAMES: Readonly<Record<LoggedModelStatus, string>> = {
  PENDING: "LOGGED_MODEL_PENDING",
  READY: "LOGGED_MODEL_READY",
  UPLOAD_FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
};

/** The logged model of MLflow's fields. Throws NOT_FOUND. */
export async function readLoggedModel(context: Context, id: string) {
  const [found] = await readLoggedModels(context, [id]);
  if (found) return found;
  throw new NotFoundError("The logged model was not found.");
}

/** Whether it is one that the viewer saw before it was deleted. */
export async function isDeleted({ db, viewer }: Context, id: string): Promise<boolean> {
  return (await db.loggedModel.count({ where: { AND: [visibleLoggedModel(viewer, "ONLY"), { id }] } })) > 0;
}

/** Logged models that the viewer may see, in the order of their ids, in four statements. */
export async function readLoggedModels(context: Context, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const { db, viewer } = context;
  const where = { AND: [visibleLoggedModel(viewer), { id: { in: [...ids] } }] };
  const rows = await db.loggedModel.findMany({ where, select: COLUMNS });
  const runs = await seenRuns(context, rows);
  const registered = await registeredFrom(context, ids);
  const points = await readLoggedModelPoints(db, viewer, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const found = {
      runs,
      versions: registered.get(id) ?? [],
      points: points.filter((point) => point.loggedModelId === id),
    };
    return [{ info: toInfo(context, row, found), data: toData(row, found) }];
  });
}

interface Found {
  readonly runs: ReadonlySet<string>;
  readonly versions: readonly { readonly name: string; readonly version: number }[];
  readonly points: readonly LoggedModelPoint[];
}

function toInfo(context: Context, row: LoggedModelRow, { runs, versions }: Found) {
  const { sourceRunId } = row;
  const tags = [
    ...row.tags,
    ...(versions.length > 0 ? [{ key: MODEL_VERSIONS_TAG, value: toPythonJson(versions) }] : []),
  ].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    model_id: row.id,
    experiment_id: String(row.experiment.number),
    name: row.name,
    creation_timestamp_ms: row.createdAt.getTime(),
    last_updated_timestamp_ms: row.updatedAt.getTime(),
    ...(mayReadArtifacts(context, row) ? { artifact_uri: row.artifactUri } : {}),
    status: STATUS_NAMES[row.status],
    ...(row.statusMessage === null ? {} : { status_message: row.statusMessage }),
    model_type: row.modelType ?? "",
    source_run_id: sourceRunId !== null && runs.has(sourceRunId) ? sourceRunId : "",
    ...(tags.length > 0 ? { tags } : {}),
  };
}

function toData({ params }: LoggedModelRow, { points }: Found) {
  return {
    ...(params.length > 0 ? { params } : {}),
    ...(points.length > 0 ? { metrics: points.map(toMetric) } : {}),
  };
}

function toMetric({ loggedModelId, runId, key, step, timestamp, rank, datasetName, datasetDigest }: LoggedModelPoint) {
  const value = fromRank(BigInt(rank));
  return {
    key,
    // what JSON has no number for is a text, as in JSON of protobuf
    value: Number.isFinite(value) ? value : String(value),
    timestamp: Number(timestamp),
    step: Number(step),
    ...(datasetName === null ? {} : { dataset_name: datasetName }),
    ...(datasetDigest === null ? {} : { dataset_digest: datasetDigest }),
    model_id: loggedModelId,
    run_id: runId,
  };
}

/** As Python writes it: clients show the text. */
function toPythonJson(versions: Found["versions"]): string {
  const items = versions.map(({ name, version }) => `{"name": ${JSON.stringify(name)}, "version": ${version}}`);
  return `[${items.join(", ")}]`;
}

/** Requires `artifacts:read`, except for the actor that created the logged model. */
export function mayReadArtifacts(
  { viewer }: Pick<Context, "viewer">,
  row: Pick<LoggedModelRow, "createdByIssuer" | "createdBySubject">,
): boolean {
  return holdsScope(viewer.scopes, FIELD_SCOPE["LoggedModel.artifactUri"]) || isCreator(viewer, row);
}

async function seenRuns({ db, viewer }: Context, rows: readonly LoggedModelRow[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.flatMap(({ sourceRunId }) => sourceRunId ?? []))];
  if (ids.length === 0) return new Set();
  const where = { AND: [visibleRun(viewer), { id: { in: ids } }] };
  const seen = await db.run.findMany({ where, select: { id: true } });
  return new Set(seen.map(({ id }) => id));
}

/** By logged model: the versions that were registered from it and that the viewer may see, the oldest first. */
async function registeredFrom({ db, viewer }: Context, ids: readonly string[]) {
  const byModel = new Map<string, { name: string; version: number }[]>();
  if (!holdsScope(viewer.scopes, TYPE_SCOPE.ModelVersion)) return byModel;
  const rows = await db.modelVersion.findMany({
    where: { AND: [visibleVersion(viewer), { loggedModelId: { in: [...ids] } }] },
    select: { loggedModelId: true, number: true, model: { select: { name: true } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  for (const { loggedModelId, number: version, model } of rows) {
    if (loggedModelId === null) continue;
    byModel.set(loggedModelId, [...(byModel.get(loggedModelId) ?? []), { name: model.name, version }]);
  }
  return byModel;
}
