import { FIELD_SCOPE, FILTER_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { experimentRoot } from "../../domain/tracking/artifact-address.js";
import { DEFAULT_EXPERIMENT } from "../../domain/tracking/experiment.js";
import { isCreator } from "../../registry/command.js";
import { visibleExperiment } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import type { Context } from "../kit/context.js";

const COLUMNS = {
  id: true,
  number: true,
  name: true,
  artifactRoot: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
  createdByIssuer: true,
  createdBySubject: true,
  tags: { select: { key: true, value: true }, orderBy: { key: "asc" } },
} as const satisfies Prisma.ExperimentSelect;

type ExperimentRow = Prisma.ExperimentGetPayload<{ select: typeof COLUMNS }>;

/** The experiment of this number, or else of this name, of MLflow's fields. Throws NOT_FOUND. */
export async function readExperiment(context: Context, where: { readonly number: number } | { readonly name: string }) {
  const isDefault =
    "number" in where ? where.number === DEFAULT_EXPERIMENT.number : where.name === DEFAULT_EXPERIMENT.name;
  if (isDefault) await context.ensureDefaultExperiment();
  const row = await findRow(context, where);
  if (row) return toExperiment(context, row);
  throw new NotFoundError("The experiment was not found.");
}

/** The living one, or else the deleted one that was created last. Deleted ones are shown to who may restore them. */
async function findRow(context: Context, where: Prisma.ExperimentWhereInput): Promise<ExperimentRow | null> {
  const { db, viewer } = context;
  const find = (deleted: "EXCLUDE" | "ONLY") =>
    db.experiment.findFirst({
      where: { AND: [where, visibleExperiment(viewer, deleted)] },
      select: COLUMNS,
      orderBy: { number: "desc" },
    });
  const living = await find("EXCLUDE");
  const seesDeleted = holdsScope(viewer.scopes, FILTER_SCOPE["deleted: ONLY of runs"]);
  return living ?? (seesDeleted ? find("ONLY") : null);
}

/** Experiments that the viewer may see, in the order of their ids. */
export async function readExperiments(context: Context, ids: readonly string[]) {
  const rows = await context.db.experiment.findMany({ where: { id: { in: [...ids] } }, select: COLUMNS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [toExperiment(context, row)] : [];
  });
}

function toExperiment({ viewer, commands }: Context, row: ExperimentRow) {
  const showsPlace = holdsScope(viewer.scopes, FIELD_SCOPE["Experiment.artifactRoot"]) || isCreator(viewer, row);
  return {
    experiment_id: String(row.number),
    name: row.name,
    ...(showsPlace ? { artifact_location: experimentRoot(commands.artifacts, row) } : {}),
    lifecycle_stage: row.deletedAt === null ? "active" : "deleted",
    last_update_time: row.updatedAt.getTime(),
    creation_time: row.createdAt.getTime(),
    ...(row.tags.length > 0 ? { tags: row.tags } : {}),
    workspace: "default",
  };
}
