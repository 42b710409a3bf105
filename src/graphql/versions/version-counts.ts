import type { Stage } from "../../domain/versions/stage.js";
import { visibleModel } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { nameConditions } from "../kit/conditions.js";
import type { GraphQLContext } from "../request/context.js";
import { type Counter, counter } from "../request/loaders.js";
import type { ModelVersionFilter } from "./model-version-filter.js";

type GivenFilter = typeof ModelVersionFilter.$inferInput | null | undefined;
type ModelName = NonNullable<NonNullable<GivenFilter>["model"]>;

/** The conditions of a filter that asks for nothing but stages and the names of models. */
interface ShelfFilter {
  readonly stage: { readonly in: Stage[] } | Record<never, never>;
  readonly model: ModelName | null;
}

/** The shelves know how many living versions each stage of a model has, so a million versions need not be counted. */
function shelfFilter(filter: GivenFilter): ShelfFilter | null {
  const { stage, model, ...others } = filter ?? {};
  if (Object.values(others).some((given) => given !== null && given !== undefined)) return null;
  return { stage: stage ? { in: [...stage] } : {}, model: model ?? null };
}

/** Counts the versions of all models that a filter matches, on the shelves; null if they do not tell. */
export function countOnShelves({ db, viewer }: GraphQLContext, filter: GivenFilter): (() => Promise<number>) | null {
  const asked = shelfFilter(filter);
  if (!asked) return null;
  const named = nameConditions("where.model", asked.model);
  const where = { stage: asked.stage, model: { AND: [visibleModel(viewer), ...named] } };
  return async () => (await db.shelf.aggregate({ where, _sum: { count: true } }))._sum.count ?? 0;
}

const countShelves: Counter<Prisma.ShelfWhereInput> = counter(async ({ shelf }, where, modelIds) => {
  const rows = await shelf.groupBy({
    by: ["modelId"],
    where: { AND: [where, { modelId: { in: modelIds } }] },
    _sum: { count: true },
  });
  return rows.map(({ modelId, _sum }) => [modelId, _sum.count ?? 0]);
});

/** The same for the versions of one model, in one statement for all models of a page. */
export function countOnShelvesOf(
  context: GraphQLContext,
  filter: GivenFilter,
  modelId: string,
): Promise<number> | null {
  const asked = shelfFilter(filter);
  return asked && asked.model === null ? countShelves(context, { stage: asked.stage }, modelId) : null;
}
