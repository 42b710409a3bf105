import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { kindOfEdge, parseKnownContext } from "../../domain/lineage/lineage.js";
import { removeExternalEdges } from "../../store/lineage/lineage-edges.js";
import { type CommandContext, requireScopes } from "../command.js";
import type { LineageAnswer, LineageInput } from "./add-lineage.js";
import { aboutEdge, requireNodes } from "./lineage-references.js";

/**
 * Removes an edge that `addLineage` added.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (an end, or the edge); CONFLICT if a run, a version or a deployment reported
 * the edge.
 */
export async function removeLineage(context: CommandContext, input: LineageInput): Promise<LineageAnswer> {
  requireScopes(context.viewer, [COMMAND_SCOPE.removeLineage], "removeLineage");
  const edgeContext = parseKnownContext("input.context", input.context);
  return context.transact(async (work) => {
    const { from, to } = await requireNodes(work, input.from, input.to);
    const { found, removed } = await removeExternalEdges(work.tx, from, to, edgeContext);
    if (found === 0) throw new NotFoundError("There is no such edge.");
    if (removed === 0) {
      throw new ConflictError("A run or a version reported this edge; only edges of addLineage can be removed.");
    }
    const kind = kindOfEdge(from.kind, to.kind);
    const before = { kind, context: edgeContext };
    work.emit({ ...aboutEdge(from, to), type: "lineage.removed", before, after: null });
    return { from, to, kind, changed: true };
  });
}
