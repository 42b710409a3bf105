import { addLineage, type LineageAnswer } from "../../registry/lineage/add-lineage.js";
import type { LineageRef } from "../../registry/lineage/lineage-references.js";
import { removeLineage } from "../../registry/lineage/remove-lineage.js";
import { builder } from "../kit/builder.js";
import { parseLoggedModelReference, parseRunReference } from "../kit/ids.js";
import { DatasetRef, toDatasetRef } from "../tracking/tracking-refs.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { LineageEdgeKind, toNodeId } from "./lineage-kinds.js";

const LineageEndRef = builder.inputType("LineageEndRef", {
  isOneOf: true,
  description:
    "One end of an edge. Set exactly one field. Deployments are not accepted, because they report themselves what they run.",
  fields: (t) => ({
    run: t.id({ description: "A run, by its own or its global id." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
    loggedModel: t.id({ description: "A logged model, by its own or its global id." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
  }),
});

function toLineageRef(field: string, ref: (typeof LineageEndRef)["$inferInput"]): LineageRef {
  if (ref.run !== undefined) return { run: parseRunReference(`${field}.run`, ref.run) };
  if (ref.dataset) return { dataset: toDatasetRef(`${field}.dataset`, ref.dataset) };
  if (ref.loggedModel !== undefined) {
    return { loggedModel: parseLoggedModelReference(`${field}.loggedModel`, ref.loggedModel) };
  }
  return { modelVersion: toVersionRef(`${field}.modelVersion`, ref.modelVersion) };
}

function edgePayload(name: string, description: string, changed: { name: string; description: string }) {
  return builder.objectRef<LineageAnswer>(name).implement({
    description,
    fields: (t) => ({
      from: t.id({
        description: "The global id of the node that the edge starts from.",
        resolve: ({ from }) => toNodeId(from),
      }),
      to: t.id({ description: "The global id of the node that the edge leads to.", resolve: ({ to }) => toNodeId(to) }),
      kind: t.expose("kind", { type: LineageEdgeKind, description: "How the two nodes are related." }),
      [changed.name]: t.exposeBoolean("changed", { description: changed.description }),
    }),
  });
}

const AddLineagePayload = edgePayload("AddLineagePayload", "The edge.", {
  name: "created",
  description: "False if the edge already existed.",
});
const RemoveLineagePayload = edgePayload("RemoveLineagePayload", "The removed edge.", {
  name: "removed",
  description: "Always true: an edge that does not exist is `NOT_FOUND`.",
});

builder.mutationFields((t) => ({
  addLineage: t.fieldWithInput({
    type: AddLineagePayload,
    description:
      "Records that `to` was derived from `from`, for what happened outside of runs. The kind of the edge follows from its ends: INPUT if it leads to a run, OUTPUT if it starts from a run, otherwise DERIVED. A repeated call changes nothing. Requires `runs:write`, and the viewer must see both ends.",
    input: {
      from: t.input.field({ type: LineageEndRef, required: true, description: "What it was derived from." }),
      to: t.input.field({ type: LineageEndRef, required: true, description: "What was derived." }),
      context: t.input.string({
        description: "What the input was used for, such as `training`. It is part of the edge's identity.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      addLineage(commands, {
        ...input,
        from: toLineageRef("input.from", input.from),
        to: toLineageRef("input.to", input.to),
      }),
  }),
  removeLineage: t.fieldWithInput({
    type: RemoveLineagePayload,
    description:
      "Removes an edge that `addLineage` recorded. Edges that runs, versions and deployments recorded cannot be removed: they are a `CONFLICT`. Requires `runs:write`, and the viewer must see both ends.",
    input: {
      from: t.input.field({ type: LineageEndRef, required: true, description: "What it was derived from." }),
      to: t.input.field({ type: LineageEndRef, required: true, description: "What was derived." }),
      context: t.input.string({ description: "The context of the edge, as it was recorded." }),
    },
    resolve: (_root, { input }, { commands }) =>
      removeLineage(commands, {
        ...input,
        from: toLineageRef("input.from", input.from),
        to: toLineageRef("input.to", input.to),
      }),
  }),
}));
