import { ARTIFACT_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { decodePath, parseArtifactPath } from "../../domain/artifacts/artifact-path.js";
import { parsePlace } from "../../domain/artifacts/artifact-place.js";
import { InvalidInputError } from "../../domain/errors.js";
import { isVisiblePlace } from "../../registry/artifacts/artifact-place.js";
import { type Directory, readDirectory } from "../../registry/artifacts/directory-digest.js";
import { isCreator } from "../../registry/command.js";
import { visibleLoggedModel, visibleRun } from "../../store/access/visibility.js";
import type { Context } from "../kit/context.js";

// in each, no character can be matched by two parts: a source may be as long as a request
const HERE = /^mlflow-artifacts:\/+([^/].*)$/;
const OF_RUN = /^runs:\/+([^/]+)\/+([^/].*)$/;
const OF_MODEL = /^models:\/+(m-[^/@]+)$/;

/**
 * The directory that a version is made of, with its digest. Null if the files are not here, or not for this viewer, who wrote
 * each of them or may read artifacts.
 */
export async function directoryOfSource(context: Context, source: string): Promise<Directory | null> {
  const path = await directoryOf(context, source);
  if (path === null || !(await isVisiblePlace(context.db, context.viewer, path))) return null;
  const found = await readDirectory(context.db, path);
  if (!found) return null;
  const { viewer } = context;
  const isTheirs = found.files.every((file) => isCreator(viewer, file));
  if (!isTheirs && !holdsScope(viewer.scopes, ARTIFACT_SCOPE.read)) return null;
  const mayFreeze = isTheirs || holdsScope(viewer.scopes, ARTIFACT_SCOPE.write);
  return { path, digest: found.digest, freezes: mayFreeze && !(await isWrittenTo(context, path)) };
}

/** Whether a path is all that a run has, which goes on: its next file must not be refused. */
async function isWrittenTo({ db }: Context, path: string): Promise<boolean> {
  const place = parsePlace(path);
  if (place === null || !("run" in place) || path !== `${place.number}/${place.run}/artifacts`) return false;
  const goesOn = await db.run.findFirst({
    where: { id: place.run, status: { in: ["SCHEDULED", "RUNNING"] } },
    select: { id: true },
  });
  return goesOn !== null;
}

async function directoryOf({ db, viewer }: Context, address: string): Promise<string | null> {
  const source = withoutSlashesAtEnd(address);
  const [, run, below] = OF_RUN.exec(source) ?? [];
  const [, model] = OF_MODEL.exec(source) ?? [];
  if (run !== undefined) {
    const where = { AND: [visibleRun(viewer), { id: run }] };
    const found = await db.run.findFirst({ where, select: { experiment: { select: { number: true } } } });
    return found && pathOf(`${found.experiment.number}/${run}/artifacts/${below}`);
  }
  if (model !== undefined) {
    const where = { AND: [visibleLoggedModel(viewer), { id: model }] };
    const found = await db.loggedModel.findFirst({ where, select: { experiment: { select: { number: true } } } });
    return found && pathOf(`${found.experiment.number}/models/${model}/artifacts`);
  }
  return pathOf(HERE.exec(source)?.[1]);
}

function withoutSlashesAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end--;
  return text.slice(0, end);
}

/** Null for what is no path of ours: the source is checked, and refused, by others. */
function pathOf(encoded: string | undefined): string | null {
  if (encoded === undefined) return null;
  try {
    return parseArtifactPath(decodePath(encoded));
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}
