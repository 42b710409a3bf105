import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { lockRun } from "../across/tracking-lookup.js";
import { requireScopes, type Work } from "../command.js";
import type { VersionFields } from "./version-fields.js";

/** To name the run or the logged model that made a version is to record an output of it, so it requires the same scope. */
export function requireScopeForRun(
  { viewer }: Pick<Work, "viewer">,
  { runId, loggedModelId }: VersionFields,
  action: string,
): void {
  if (typeof runId === "string") requireScopes(viewer, [COMMAND_SCOPE.logOutputs], `${action} with a run`);
  if (typeof loggedModelId === "string") {
    requireScopes(viewer, [COMMAND_SCOPE.logOutputs], `${action} with a logged model`);
  }
}

/**
 * Where a run that may be of any tracking server is kept: linked if it is a living run of this registry that the viewer may
 * link, and else by its id as it was given. The answer does not show which runs exist that the viewer may not see.
 */
export async function placeRun(work: Work, id: string): Promise<Pick<VersionFields, "runId" | "externalRunId">> {
  if (!holdsScope(work.viewer.scopes, COMMAND_SCOPE.logOutputs)) return { externalRunId: id };
  try {
    await lockRun(work, id, "SHARE");
    return { runId: id };
  } catch (error) {
    if (error instanceof NotFoundError) return { externalRunId: id };
    throw error;
  }
}

/** The run must be living and visible to the viewer. It may have ended, since models are often registered afterwards. */
export async function requireRun(work: Work, { runId }: VersionFields): Promise<void> {
  if (typeof runId === "string") await lockRun(work, runId, "SHARE");
}

/** Records the version as an output of the run that made it, and no longer as an output of the run that was named before. */
export async function linkToRun(work: Work, versionId: string, { runId }: VersionFields, before?: string | null) {
  if (runId === undefined) return;
  if (typeof before === "string") {
    await work.tx.lineageEdge.deleteMany({ where: { fromRunId: before, toVersionId: versionId, kind: "OUTPUT" } });
  }
  if (runId === null) return;
  const edge = { from: { kind: "RUN", id: runId }, to: { kind: "MODEL_VERSION", id: versionId } } as const;
  await writeEdges(work.tx, [edge], work.at);
}
