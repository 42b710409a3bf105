import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { lockLoggedModel } from "../across/logged-model-lookup.js";
import { lockRun } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import type { VersionFields } from "./version-fields.js";

type Place = Pick<VersionFields, "loggedModelId" | "externalModelId" | "runId">;

/**
 * The logged model that a version is registered from, which must be living and visible to the viewer. The run that made it made
 * the version too, unless the input names another.
 */
export async function takeLoggedModel(work: Work, id: string, namesRun: boolean): Promise<Place> {
  const { sourceRunId } = await lockLoggedModel(work, id, "SHARE", "input.loggedModel");
  const hasRun = !namesRun && sourceRunId !== null && (await isThere(lockRun(work, sourceRunId, "SHARE")));
  return { loggedModelId: id, ...(hasRun ? { runId: sourceRunId } : {}) };
}

/**
 * Where a logged model that may be of any tracking server is kept: linked if the viewer may link it, and else by its id as it was
 * given. The answer does not show which logged models exist that the viewer may not see.
 */
export async function placeLoggedModel(work: Work, id: string, namesRun: boolean): Promise<Place> {
  if (!holdsScope(work.viewer.scopes, COMMAND_SCOPE.logOutputs)) return { externalModelId: id };
  const isOurs = await isThere(lockLoggedModel(work, id, "SHARE"));
  return isOurs ? takeLoggedModel(work, id, namesRun) : { externalModelId: id };
}

/** False if what is locked does not exist, or not for the viewer. */
async function isThere(lock: Promise<unknown>): Promise<boolean> {
  try {
    await lock;
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}

/** Records that the version was registered from the logged model. */
export async function linkToLoggedModel(work: Work, versionId: string, { loggedModelId }: Place): Promise<void> {
  if (typeof loggedModelId !== "string") return;
  const from = { kind: "LOGGED_MODEL", id: loggedModelId } as const;
  await writeEdges(work.tx, [{ from, to: { kind: "MODEL_VERSION", id: versionId } }], work.at);
}
