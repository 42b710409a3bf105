import { visibleLoggedModel } from "../../store/access/visibility.js";
import { visibleIds } from "../../store/access/visible-ids.js";
import type { Prisma } from "../../store/generated/client.js";
import type { INPUT_COLUMNS } from "../datasets/read-inputs.js";
import type { Context } from "../kit/context.js";

/** What runs made, of the edges that lead from them: a logged model with what decides who may see it. */
export const OUTPUT_COLUMNS = {
  kind: true,
  step: true,
  toLoggedModel: { select: { id: true, deletedAt: true, experiment: { select: { name: true, deletedAt: true } } } },
} as const satisfies Prisma.LineageEdgeSelect;

interface RunEdges {
  readonly upstream: readonly Prisma.LineageEdgeGetPayload<{ select: typeof INPUT_COLUMNS }>[];
  readonly downstream: readonly Prisma.LineageEdgeGetPayload<{ select: typeof OUTPUT_COLUMNS }>[];
}

interface ModelLink {
  readonly model_id: string;
}

interface ModelLinks {
  readonly inputs: readonly ModelLink[];
  readonly outputs: readonly (ModelLink & { readonly step: number })[];
}

/** By the run's edges: the logged models that it read and that it made, as far as the viewer may see them. */
export async function readModelLinks({ db, viewer }: Context, runs: readonly RunEdges[]) {
  const seen = await visibleIds(viewer, {
    noun: "LoggedModel",
    rows: runs.flatMap(({ upstream, downstream }) => [
      ...upstream.flatMap(({ fromLoggedModel }) => fromLoggedModel ?? []),
      ...downstream.flatMap(({ toLoggedModel }) => toLoggedModel ?? []),
    ]),
    lookUp: (ids) =>
      db.loggedModel.findMany({
        where: { AND: [visibleLoggedModel(viewer), { id: { in: [...ids] } }] },
        select: { id: true },
      }),
  });
  return ({ upstream, downstream }: RunEdges): ModelLinks => ({
    inputs: upstream.flatMap(({ kind, fromLoggedModel: model }) =>
      kind === "INPUT" && model && seen.has(model.id) ? [{ model_id: model.id }] : [],
    ),
    outputs: downstream.flatMap(({ kind, toLoggedModel: model, step }) =>
      kind === "OUTPUT" && model && seen.has(model.id) ? [{ model_id: model.id, step: Number(step ?? 0n) }] : [],
    ),
  });
}
