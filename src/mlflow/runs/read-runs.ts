import { FIELD_SCOPE, FILTER_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { runArtifacts } from "../../domain/tracking/artifact-address.js";
import { isCreator } from "../../registry/command.js";
import { visibleRun } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { LATEST_FIRST, latestOfEach } from "../../store/tracking/latest-metrics.js";
import { INPUT_COLUMNS, toDatasetInputs } from "../datasets/read-inputs.js";
import type { Context } from "../kit/context.js";
import { toMetric } from "../metrics/metric-value.js";
import { OUTPUT_COLUMNS, readModelLinks } from "./read-model-links.js";

/** MLflow keeps the name of a run in a tag too. Here the tag is the name. */
export const NAME_TAG = "mlflow.runName";

const INFO = {
  id: true,
  name: true,
  status: true,
  startedAt: true,
  endedAt: true,
  user: true,
  artifactUri: true,
  deletedAt: true,
  createdByIssuer: true,
  createdBySubject: true,
  experiment: { select: { number: true, artifactRoot: true } },
} as const satisfies Prisma.RunSelect;

const PAIRS = { select: { key: true, value: true }, orderBy: { key: "asc" } } as const;
const COLUMNS = {
  ...INFO,
  params: PAIRS,
  tags: PAIRS,
  series: LATEST_FIRST,
  upstream: { select: INPUT_COLUMNS, orderBy: { id: "asc" } },
  downstream: { select: OUTPUT_COLUMNS, orderBy: { id: "asc" } },
} as const satisfies Prisma.RunSelect;

type InfoRow = Prisma.RunGetPayload<{ select: typeof INFO }>;
type RunRow = Prisma.RunGetPayload<{ select: typeof COLUMNS }>;

/** A run that the viewer may see, living or deleted, of MLflow's fields. Throws NOT_FOUND. */
export async function readRun(context: Context, id: string) {
  const row = await findRow(context, id);
  const [run] = row ? await toRuns(context, [row]) : [];
  if (run) return run;
  throw new NotFoundError("The run was not found.");
}

export async function readRunInfo(context: Context, id: string) {
  const row = await context.db.run.findFirst({ where: { id }, select: INFO });
  if (row) return toInfo(context, row);
  throw new NotFoundError("The run was not found.");
}

/** Whether there is a run that the viewer may see. Deleted ones are shown to who may restore them. */
export async function isThere(context: Context, id: string): Promise<boolean> {
  return (await findRow(context, id)) !== null;
}

async function findRow({ db, viewer }: Context, id: string): Promise<RunRow | null> {
  const find = (deleted: "EXCLUDE" | "ONLY") =>
    db.run.findFirst({ where: { AND: [{ id }, visibleRun(viewer, deleted)] }, select: COLUMNS });
  const living = await find("EXCLUDE");
  const seesDeleted = holdsScope(viewer.scopes, FILTER_SCOPE["deleted: ONLY of runs"]);
  return living ?? (seesDeleted ? find("ONLY") : null);
}

/** Runs that the viewer may see, in the order of their ids. */
export async function readRuns(context: Context, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await context.db.run.findMany({ where: { id: { in: [...ids] } }, select: COLUMNS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return toRuns(
    context,
    ids.flatMap((id) => byId.get(id) ?? []),
  );
}

async function toRuns(context: Context, rows: readonly RunRow[]) {
  const linksOf = await readModelLinks(context, rows);
  return rows.map((row) => {
    const dataset_inputs = toDatasetInputs(context, row.upstream);
    const { inputs: model_inputs, outputs: model_outputs } = linksOf(row);
    return {
      info: toInfo(context, row),
      data: toData(row),
      inputs: {
        ...(dataset_inputs.length > 0 ? { dataset_inputs } : {}),
        ...(model_inputs.length > 0 ? { model_inputs } : {}),
      },
      outputs: model_outputs.length > 0 ? { model_outputs } : {},
    };
  });
}

function toData({ name, params, tags, series }: RunRow) {
  const metrics = latestOfEach(series).map((metric) => toMetric(metric.key, metric));
  const all = name === null ? tags : [...tags, { key: NAME_TAG, value: name }];
  return {
    ...(metrics.length > 0 ? { metrics } : {}),
    ...(params.length > 0 ? { params } : {}),
    ...(all.length > 0 ? { tags: all } : {}),
  };
}

function toInfo({ viewer, commands }: Context, row: InfoRow) {
  const { id, name, status, startedAt, endedAt, user, experiment, deletedAt } = row;
  const showsPlace = holdsScope(viewer.scopes, FIELD_SCOPE["Run.artifactUri"]) || isCreator(viewer, row);
  const artifact_uri = row.artifactUri ?? runArtifacts(commands.artifacts, experiment, id);
  return {
    run_uuid: id,
    experiment_id: String(experiment.number),
    run_name: name ?? "",
    user_id: user ?? "",
    status,
    start_time: startedAt.getTime(),
    ...(endedAt === null ? {} : { end_time: endedAt.getTime() }),
    ...(showsPlace ? { artifact_uri } : {}),
    lifecycle_stage: deletedAt === null ? "active" : "deleted",
    run_id: id,
  };
}
