import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { kindOfEdge, type LineageKind, type LineageNode } from "../../domain/lineage/lineage.js";
import { parseContext } from "../../domain/tracking/dataset.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type LineageRef, requireNodes } from "./lineage-references.js";

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

/** Tells of what happened outside: that one came of the other. Told again, it changes nothing. */
export async function addLineage(context: CommandContext, input: LineageInput): Promise<LineageAnswer> {
  requireScopes(context.viewer, [COMMAND_SCOPE.addLineage], "addLineage");
  const what = parseContext("input.context", input.context);
  return context.transact(async (work) => {
    const { from, to } = await requireNodes(work, input.from, input.to);
    const kind = kindOfEdge(from.kind, to.kind);
    const changed = (await writeEdges(work.tx, [{ from, to, context: what, external: true }], work.at)) > 0;
    if (changed) work.emit({ ...aboutEdge(from, to), type: "lineage.added", after: { kind, context: what } });
    return { from, to, kind, changed };
  });
}

export function aboutEdge(from: LineageNode, to: LineageNode) {
  return { subject: { type: "LineageEdge" as const, id: `${from.kind}:${from.id} ${to.kind}:${to.id}` } };
}
