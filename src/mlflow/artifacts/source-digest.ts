import { createHash } from "node:crypto";
import { ARTIFACT_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { decodePath, parseArtifactPath } from "../../domain/artifacts/artifact-path.js";
import { compareManifestPaths } from "../../domain/artifacts/manifest-order.js";
import { InvalidInputError } from "../../domain/errors.js";
import { isVisiblePlace } from "../../registry/artifacts/artifact-place.js";
import { isCreator } from "../../registry/command.js";
import { visibleLoggedModel, visibleRun } from "../../store/access/visibility.js";
import { filesBelow } from "../../store/artifacts/artifact-files.js";
import type { Context } from "../kit/context.js";

/** A directory of more has no digest. */
const MAX_FILES = 10_000;

const HERE = /^mlflow-artifacts:\/+(.+?)\/*$/;
const OF_RUN = /^runs:\/+([^/]+)\/(.+?)\/*$/;
const OF_MODEL = /^models:\/+(m-[^/@]+)\/*$/;

/**
 * The digest of the directory that a version is made of, if its files are here: the SHA-256 of the SHA-256s of its files, in
 * the order in which OpenSSF model signing lists them. It signs the same digest as the subject of its statement.
 *
 * Null if the files are not here, or not for this viewer, who wrote each of them or may read artifacts.
 */
export async function digestOfSource(context: Context, source: string): Promise<string | null> {
  const path = await directoryOf(context, source);
  if (path === null || !(await isVisiblePlace(context.db, context.viewer, path))) return null;
  const files = await filesBelow(context.db, path, MAX_FILES);
  if (files.length === 0 || files.length > MAX_FILES) return null;
  const { viewer } = context;
  const mayRead = holdsScope(viewer.scopes, ARTIFACT_SCOPE.read) || files.every((file) => isCreator(viewer, file));
  if (!mayRead) return null;
  files.sort((a, b) => compareManifestPaths(a.path, b.path));
  const hash = createHash("sha256");
  for (const { sha256 } of files) hash.update(sha256);
  return `sha256:${hash.digest("hex")}`;
}

async function directoryOf({ db, viewer }: Context, source: string): Promise<string | null> {
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
