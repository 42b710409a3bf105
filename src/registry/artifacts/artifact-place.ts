import type { Viewer } from "../../domain/access/actor.js";
import { parsePlace } from "../../domain/artifacts/artifact-place.js";
import { NotFoundError } from "../../domain/errors.js";
import { visibleLoggedModel, visibleRun } from "../../store/access/visibility.js";
import type { PrismaClient } from "../../store/generated/client.js";

type Db = Pick<PrismaClient, "run" | "loggedModel">;

/**
 * Throws NOT_FOUND unless the path is within the artifacts of a run or a logged model that the viewer sees. What is not there
 * and what the viewer does not see are the same.
 */
export async function requireVisiblePlace(db: Db, viewer: Viewer, path: string): Promise<void> {
  if (await isVisiblePlace(db, viewer, path)) return;
  throw notFound(path);
}

export function notFound(path: string): NotFoundError {
  return new NotFoundError(`No such artifact: '${path}'`);
}

export async function isVisiblePlace(db: Db, viewer: Viewer, path: string): Promise<boolean> {
  const place = parsePlace(path);
  if (!place) return false;
  const experiment = { number: place.number };
  const select = { id: true } as const;
  if ("run" in place) {
    const where = { AND: [visibleRun(viewer), { id: place.run, experiment }] };
    return (await db.run.findFirst({ where, select })) !== null;
  }
  const where = { AND: [visibleLoggedModel(viewer), { id: place.loggedModel, experiment }] };
  return (await db.loggedModel.findFirst({ where, select })) !== null;
}
