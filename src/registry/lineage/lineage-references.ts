import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import type { LineageNode } from "../../domain/lineage/lineage.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { requireDatasets } from "../across/dataset-lookup.js";
import { shareLoggedModels } from "../across/logged-model-lookup.js";
import { lockRun, requireVersions } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";

/** An end of an edge that a client can add. Deployments report what they run themselves. */
export type LineageRef =
  | { readonly run: string }
  | { readonly dataset: DatasetRef }
  | { readonly loggedModel: string }
  | { readonly modelVersion: ModelVersionRef };

/**
 * Locks the two ends of an edge in a fixed order: versions, logged models, runs, datasets. Throws NOT_FOUND if one of them is deleted or
 * the viewer may not see it, and INVALID_INPUT if they are the same.
 */
export async function requireNodes(
  work: Work,
  from: LineageRef,
  to: LineageRef,
): Promise<{ from: LineageNode; to: LineageNode }> {
  const ends = [
    { field: "input.from", ref: from },
    { field: "input.to", ref: to },
  ];
  const nodes = new Map<string, LineageNode>();
  for (const { field, ref } of ends) {
    if (!("modelVersion" in ref)) continue;
    const [version] = await requireVersions(work, [{ field, ref: ref.modelVersion }]);
    if (version) nodes.set(field, { kind: "MODEL_VERSION", id: version.id });
  }
  const loggedModels = ends.flatMap(({ field, ref }) => ("loggedModel" in ref ? [{ field, id: ref.loggedModel }] : []));
  await shareLoggedModels(work, loggedModels);
  for (const { field, id } of loggedModels) nodes.set(field, { kind: "LOGGED_MODEL", id });
  for (const { field, ref } of ends) {
    if ("run" in ref) nodes.set(field, { kind: "RUN", id: (await lockRun(work, ref.run, "SHARE", field)).id });
  }
  for (const { field, ref } of ends) {
    if (!("dataset" in ref)) continue;
    const [dataset] = await requireDatasets(work, [{ field, ref: ref.dataset }]);
    if (dataset) nodes.set(field, { kind: "DATASET", id: dataset.id });
  }
  const found = { from: nodes.get("input.from"), to: nodes.get("input.to") };
  if (!found.from || !found.to) throw new NotFoundError("One end of the edge was not found.");
  if (found.from.kind === found.to.kind && found.from.id === found.to.id) {
    throw new InvalidInputError("input.to", "input.to is the same as input.from; nothing is derived from itself.");
  }
  return { from: found.from, to: found.to };
}

/** The fields of an event that say which edge it is about. */
export function aboutEdge(from: LineageNode, to: LineageNode) {
  return { subject: { type: "LineageEdge" as const, id: `${from.kind}:${from.id} ${to.kind}:${to.id}` } };
}
