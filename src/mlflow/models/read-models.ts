import { NotFoundError } from "../../domain/errors.js";
import { visibleModel } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { findLatestInStages } from "../../store/versions/latest-versions.js";
import type { Context } from "../kit/context.js";
import { type ModelVersion, readVersionRows, toModelVersions } from "../versions/read-versions.js";

const COLUMNS = {
  id: true,
  name: true,
  description: true,
  createdAt: true,
  updatedAt: true,
  tags: { select: { key: true, value: true }, orderBy: { key: "asc" } },
  aliases: { select: { name: true, modelVersion: { select: { number: true } } }, orderBy: { name: "asc" } },
} as const satisfies Prisma.ModelSelect;

type ModelRow = Prisma.ModelGetPayload<{ select: typeof COLUMNS }>;

/** A living model that the viewer may see. Throws NOT_FOUND. */
export async function requireModel({ db, viewer }: Context, name: string): Promise<{ id: string }> {
  const where = { AND: [visibleModel(viewer), { liveName: name }] };
  const model = await db.model.findFirst({ where, select: { id: true } });
  if (model) return model;
  throw new NotFoundError("The model was not found.");
}

/** The model of MLflow's fields. */
export async function readModel(context: Context, id: string) {
  const [model] = await readModels(context, [id]);
  if (model) return model;
  throw new NotFoundError("The model was not found.");
}

/** The living model of this name. Throws NOT_FOUND. */
export async function readModelByName(context: Context, name: string) {
  for (const model of (await readModelsWhere(context, { liveName: name })).values()) return model;
  throw new NotFoundError("The model was not found.");
}

/** Models that the viewer may see, in the order of their ids, with the latest version of each stage. */
export async function readModels(context: Context, ids: readonly string[]) {
  const byId = await readModelsWhere(context, { id: { in: [...ids] } });
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** By their ids. */
async function readModelsWhere(context: Context, where: Prisma.ModelWhereInput) {
  const rows = await context.db.model.findMany({
    where: { AND: [visibleModel(context.viewer), where] },
    select: COLUMNS,
  });
  const latest = await readLatestVersions(
    context,
    rows.map(({ id }) => id),
  );
  return new Map(rows.map((row) => [row.id, toRegisteredModel(row, latest.get(row.id) ?? [])]));
}

/** By the model's id: the version with the highest number in each stage, in the order of their numbers. */
export async function readLatestVersions(context: Context, modelIds: readonly string[]) {
  const rows = await readVersionRows(context, await findLatestInStages(context.db, modelIds));
  rows.sort((a, b) => a.number - b.number);
  const versions = await toModelVersions(context, rows);
  const byModel = new Map<string, ModelVersion[]>();
  for (const [index, { modelId }] of rows.entries()) {
    const version = versions[index];
    if (version) byModel.set(modelId, [...(byModel.get(modelId) ?? []), version]);
  }
  return byModel;
}

function toRegisteredModel(row: ModelRow, latest: readonly ModelVersion[]) {
  const { name, description, createdAt, updatedAt, tags, aliases } = row;
  return {
    name,
    creation_timestamp: createdAt.getTime(),
    last_updated_timestamp: updatedAt.getTime(),
    ...(description === null ? {} : { description }),
    ...(latest.length > 0 ? { latest_versions: latest } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(aliases.length > 0
      ? { aliases: aliases.map(({ name: alias, modelVersion }) => ({ alias, version: String(modelVersion.number) })) }
      : {}),
  };
}
