import { parseArtifactPath } from "../../domain/artifacts/artifact-path.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { runArtifacts } from "../../domain/tracking/artifact-address.js";
import type { CommandContext } from "../../registry/command.js";
import { visibleLoggedModel, visibleRun } from "../../store/access/visibility.js";
import type { ReadDatabase } from "../kit/context.js";

const HERE = /^mlflow-artifacts:\/+([^/].*)$/;

interface Reading {
  readonly db: Pick<ReadDatabase, "run" | "loggedModel">;
  readonly commands: Pick<CommandContext, "viewer" | "artifacts">;
}

/** The address of a run's artifacts. Throws NOT_FOUND. */
export async function addressOfRun({ db, commands: { viewer, artifacts } }: Reading, id: string): Promise<string> {
  const select = { artifactUri: true, experiment: { select: { number: true, artifactRoot: true } } } as const;
  const run = await db.run.findFirst({ where: { AND: [visibleRun(viewer), { id }] }, select });
  if (!run) throw new NotFoundError(`Run with id=${id} not found`);
  return run.artifactUri ?? runArtifacts(artifacts, run.experiment, id);
}

/** The address of a logged model's artifacts. Throws NOT_FOUND. */
export async function addressOfLoggedModel({ db, commands: { viewer } }: Reading, id: string): Promise<string> {
  const where = { AND: [visibleLoggedModel(viewer), { id }] };
  const model = await db.loggedModel.findFirst({ where, select: { artifactUri: true } });
  if (!model) throw new NotFoundError(`Logged model with ID '${id}' not found.`);
  return model.artifactUri;
}

/** The path of a file or a directory below an address. Throws CONFLICT if the artifacts are not on this server. */
export function pathBelow(address: string, below: string): string {
  const root = HERE.exec(address)?.[1];
  if (root !== undefined) return parseArtifactPath(below === "" ? root : `${root}/${below}`);
  throw new ConflictError("These artifacts are not on this server; clients reach them at their own address.");
}
