import { NotFoundError } from "../../domain/errors.js";
import { visibleModel } from "../../store/access/visibility.js";
import { type ModelDetails, readModelDetails } from "../../store/models/model-details.js";
import type { Context } from "../kit/context.js";
import { type ModelVersion, toModelVersions } from "../versions/read-versions.js";

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
  const [found] = await readModelDetails(context.db, context.viewer, { liveName: name });
  const [model] = found ? await toRegisteredModels(context, [found]) : [];
  if (model) return model;
  throw new NotFoundError("The model was not found.");
}

/** Models that the viewer may see, in the order of their ids, with the latest version of each stage. */
export async function readModels(context: Context, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const found = await readModelDetails(context.db, context.viewer, { ids });
  const byId = new Map(found.map((model) => [model.id, model]));
  return toRegisteredModels(
    context,
    ids.flatMap((id) => byId.get(id) ?? []),
  );
}

async function toRegisteredModels(context: Context, found: readonly ModelDetails[]) {
  const versions = await toModelVersions(
    context,
    found.flatMap(({ latest }) => latest),
  );
  let next = 0;
  return found.map((model) => {
    const own = versions.slice(next, next + model.latest.length);
    next += own.length;
    return toRegisteredModel(model, own);
  });
}

function toRegisteredModel(model: ModelDetails, latest: readonly ModelVersion[]) {
  const { name, description, createdAt, updatedAt, tags, aliases } = model;
  return {
    name,
    creation_timestamp: createdAt.getTime(),
    last_updated_timestamp: updatedAt.getTime(),
    ...(description === null ? {} : { description }),
    ...(latest.length > 0 ? { latest_versions: latest } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(aliases.length > 0
      ? { aliases: aliases.map(({ name: alias, number }) => ({ alias, version: String(number) })) }
      : {}),
  };
}
