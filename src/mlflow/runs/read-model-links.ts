import { visibleLoggedModel } from "../../store/access/visibility.js";
import type { Context } from "../kit/context.js";

interface ModelLink {
  readonly model_id: string;
}

interface ModelLinks {
  readonly inputs: readonly ModelLink[];
  readonly outputs: readonly (ModelLink & { readonly step: number })[];
}

/** By run: the logged models that it read and that it made, as far as the viewer may see them. In two statements. */
export async function readModelLinks({ db, viewer }: Context, runIds: readonly string[]) {
  const seen = visibleLoggedModel(viewer);
  const [read, made] = await Promise.all([
    db.lineageEdge.findMany({
      where: { toRunId: { in: [...runIds] }, kind: "INPUT", fromLoggedModel: seen },
      select: { toRunId: true, fromLoggedModelId: true },
      orderBy: { id: "asc" },
    }),
    db.lineageEdge.findMany({
      where: { fromRunId: { in: [...runIds] }, kind: "OUTPUT", toLoggedModel: seen },
      select: { fromRunId: true, toLoggedModelId: true, step: true },
      orderBy: { id: "asc" },
    }),
  ]);
  return (runId: string): ModelLinks => ({
    inputs: read.flatMap(({ toRunId, fromLoggedModelId: id }) => (toRunId === runId && id ? [{ model_id: id }] : [])),
    outputs: made.flatMap(({ fromRunId, toLoggedModelId: id, step }) =>
      fromRunId === runId && id ? [{ model_id: id, step: Number(step ?? 0n) }] : [],
    ),
  });
}
