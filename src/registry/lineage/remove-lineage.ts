import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { kindOfEdge } from "../../domain/lineage/lineage.js";
import { parseContext } from "../../domain/tracking/dataset.js";
import { removeExternalEdges } from "../../store/lineage/lineage-edges.js";
import { type CommandContext, requireScopes } from "../command.js";
import { aboutEdge, type LineageAnswer, type LineageInput } from "./add-lineage.js";
import { requireNodes } from "./lineage-references.js";

/** Takes back what `addLineage` told. What runs and deployments told of themselves stays. */
export async function removeLineage(context: CommandContext, input: LineageInput): Promise<LineageAnswer> {
  requireScopes(context.viewer, [COMMAND_SCOPE.removeLineage], "removeLineage");
  const what = parseContext("input.context", input.context);
  return context.transact(async (work) => {
    const { from, to } = await requireNodes(work, input.from, input.to);
    const { found, removed } = await removeExternalEdges(work.tx, from, to, what);
    if (found === 0) throw new NotFoundError("There is no such edge.");
    if (removed === 0) {
      throw new ConflictError("addLineage did not add this edge: it was told by a run or a version, and stays.");
    }
    const kind = kindOfEdge(from.kind, to.kind);
    work.emit({ ...aboutEdge(from, to), type: "lineage.removed", before: { kind, context: what }, after: null });
    return { from, to, kind, changed: true };
  });
}
