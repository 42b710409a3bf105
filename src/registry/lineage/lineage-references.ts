import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import type { LineageNode } from "../../domain/lineage/lineage.js";
import type { DatasetReference } from "../../store/tracking/dataset-lookup.js";
import type { VersionReference } from "../../store/versions/version-lookup.js";
import { lockRun, requireDatasets, requireVersions } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";

/** A noun that data flow into or out of. Deployments say themselves what they run. */
export type LineageRef =
  | { readonly run: string }
  | { readonly dataset: DatasetReference }
  | { readonly modelVersion: VersionReference };

/** The living nouns that the viewer may see, in a fixed order of locks: versions, runs, datasets. */
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
    throw new InvalidInputError("input.to", "input.to is input.from: nothing comes of itself.");
  }
  return { from: found.from, to: found.to };
}
