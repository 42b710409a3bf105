import { parseArtifactPath } from "../../domain/artifacts/artifact-path.js";
import { NotFoundError } from "../../domain/errors.js";
import { visibleLoggedModel } from "../../store/access/visibility.js";
import { listFiles } from "../artifacts/list-files.js";
import type { Context } from "../kit/context.js";

/** Artifacts that this server keeps; those in a store of their own are listed by clients there. */
const OWN = /^mlflow-artifacts:\/+/;

interface Request {
  readonly model_id: string;
  readonly artifact_directory_path?: string | undefined;
}

/** What is in a directory of a logged model, and where its artifacts are. */
export async function listLoggedModelFiles(
  { db, viewer }: Context,
  { model_id: id, artifact_directory_path: directory }: Request,
) {
  const where = { AND: [visibleLoggedModel(viewer), { id }] };
  const found = await db.loggedModel.findFirst({ where, select: { artifactUri: true } });
  if (!found) throw new NotFoundError("The logged model was not found.");
  const { artifactUri } = found;
  if (!OWN.test(artifactUri)) return { root_uri: artifactUri };
  const root = artifactUri.replace(OWN, "");
  const below = directory ? directory.replace(/\/+$/, "") : "";
  const path = parseArtifactPath(below === "" ? root : `${root}/${below}`);
  return { root_uri: artifactUri, ...(await listFiles(db, path, below === "" ? "" : `${below}/`)) };
}
