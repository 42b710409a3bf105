import { addLineage, type LineageAnswer } from "../../registry/lineage/add-lineage.js";
import type { LineageRef } from "../../registry/lineage/lineage-references.js";
import { removeLineage } from "../../registry/lineage/remove-lineage.js";
import { builder } from "../kit/builder.js";
import { parseRunReference } from "../kit/ids.js";
import { DatasetRef, toDatasetRef } from "../tracking/tracking-refs.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { toNodeId } from "./lineage.js";
import { LineageEdgeKind } from "./lineage-kinds.js";

const LineageEndRef = builder.inputType("LineageEndRef", {
  isOneOf: true,
  description: "One end of an edge, by exactly one of these. What a deployment runs it reports itself.",
  fields: (t) => ({
    run: t.id({ description: "A run, by its own or its global id." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
  }),
});

function toLineageRef(field: string, ref: (typeof LineageEndRef)["$inferInput"]): LineageRef {
  if (ref.run !== undefined) return { run: parseRunReference(`${field}.run`, ref.run) };
  if (ref.dataset) return { dataset: toDatasetRef(`${field}.dataset`, ref.dataset) };
  return { modelVersion: toVersionRef(`${field}.modelVersion`, ref.modelVersion) };
}

function edgePayload(name: string, description: string, changed: { name: string; description: string }) {
  return builder.objectRef<LineageAnswer>(name).implement({
    description,
    fields: (t) => ({
      from: t.id({ description: "The global id of the edge's beginning.", resolve: ({ from }) => toNodeId(from) }),
      to: t.id({ description: "The global id of the edge's end.", resolve: ({ to }) => toNodeId(to) }),
      kind: t.expose("kind", { type: LineageEdgeKind, description: "What the one is to the other." }),
      [changed.name]: t.exposeBoolean("changed", { description: changed.description }),
    }),
  });
}

const AddLineagePayload = edgePayload("AddLineagePayload", "The edge that there is now.", {
  name: "created",
  description: "False if the edge was there already.",
});
const RemoveLineagePayload = edgePayload("RemoveLineagePayload", "The edge that there was.", {
  name: "removed",
  description: "True: what was not there is `NOT_FOUND`.",
});

builder.mutationFields((t) => ({
  addLineage: t.fieldWithInput({
    type: AddLineagePayload,
    description:
      "Tells of what happened outside: that `to` came of `from`. Its kind follows from its ends: INPUT of a run, OUTPUT of a run, else DERIVED. Told again, it changes nothing. Asks for `runs:write`, and to see both ends.",
    input: {
      from: t.input.field({ type: LineageEndRef, required: true, description: "What it came of." }),
      to: t.input.field({ type: LineageEndRef, required: true, description: "What came of it." }),
      context: t.input.string({ description: "What it was for, such as `training`; part of the edge's identity." }),
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
      "Takes back what `addLineage` told. What runs, versions and deployments told of themselves stays: a `CONFLICT`. Asks for `runs:write`, and to see both ends.",
    input: {
      from: t.input.field({ type: LineageEndRef, required: true, description: "What it came of." }),
      to: t.input.field({ type: LineageEndRef, required: true, description: "What came of it." }),
      context: t.input.string({ description: "What it was for, as it was told." }),
    },
    resolve: (_root, { input }, { commands }) =>
      removeLineage(commands, {
        ...input,
        from: toLineageRef("input.from", input.from),
        to: toLineageRef("input.to", input.to),
      }),
  }),
}));
