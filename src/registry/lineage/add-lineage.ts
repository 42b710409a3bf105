import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { kindOfEdge, type LineageKind, type LineageNode, parseContext } from "../../domain/lineage/lineage.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { type CommandContext, requireScopes } from "../command.js";
import { aboutEdge, type LineageRef, requireNodes } from "./lineage-references.js";

export interface LineageInput {
  readonly from: LineageRef;
  readonly to: LineageRef;
  readonly context?: string | null | undefined;
}

export type LineageAnswer = {
  readonly from: LineageNode;
  readonly to: LineageNode;
  readonly kind: LineageKind;
  readonly changed: boolean;
};

/**
 * Records that one object was derived from another outside of the registry. An edge that exists already changes nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT, also if both ends are the same; NOT_FOUND.
 */
export async function addLineage(context: CommandContext, input: LineageInput): Promise<LineageAnswer> {
  requireScopes(context.viewer, [COMMAND_SCOPE.addLineage], "addLineage");
  const edgeContext = parseContext("input.context", input.context);
  return context.transact(async (work) => {
    const { from, to } = await requireNodes(work, input.from, input.to);
    const kind = kindOfEdge(from.kind, to.kind);
    const changed = (await writeEdges(work.tx, [{ from, to, context: edgeContext, external: true }], work.at)) > 0;
    if (changed) work.emit({ ...aboutEdge(from, to), type: "lineage.added", after: { kind, context: edgeContext } });
    return { from, to, kind, changed };
  });
}
