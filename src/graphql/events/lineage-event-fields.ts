import type { LineageKind, LineageNodeKind } from "../../domain/lineage/lineage.js";
import type { Event } from "../../store/generated/client.js";
import { LineageEdgeKind, toNodeId } from "../lineage/lineage-kinds.js";
import type { EventFieldBuilder } from "./event-fields.js";
import { snapshotsOf, textOf } from "./registry-event.js";

/** The global id of one end of an edge. The subject of its events is `KIND:id KIND:id`. */
function endOf({ subjectId }: Event, end: 0 | 1): string {
  const [kind = "", id = ""] = (subjectId.split(" ")[end] ?? "").split(":");
  return toNodeId({ kind: kind as LineageNodeKind, id });
}

/** The fields of an event about an edge. */
export const edge = (t: EventFieldBuilder) => ({
  from: t.id({
    description: "The global id of the node that the edge starts from.",
    resolve: (event) => endOf(event, 0),
  }),
  to: t.id({ description: "The global id of the node that the edge leads to.", resolve: (event) => endOf(event, 1) }),
  kind: t.field({
    type: LineageEdgeKind,
    description: "How the two nodes are related.",
    resolve: (event, _args, { viewer }) => {
      const { before, after } = snapshotsOf(event, viewer);
      return textOf(after ?? before, "kind") as LineageKind;
    },
  }),
});
