import { FIELD_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import { isLoggedModelId } from "../../domain/logged-models/logged-model.js";
import { visibleLoggedModel } from "../../store/access/visibility.js";
import type { Context } from "../kit/context.js";
import { OtherNotFoundError } from "../kit/route.js";
import { mayReadArtifacts } from "../logged-models/read-logged-models.js";
import { mayReadSource, readVersionRow, runsOf, type VersionRow } from "./read-versions.js";

const REGISTERED = /^models:\/([^/@]+)\/(\d+)$/;
/** A copy of a copy of a copy: nobody has more, and a circle ends. */
const MAX_COPIES = 10;
const LOGGED_MODEL = { id: true, artifactUri: true, createdByIssuer: true, createdBySubject: true } as const;

type Reading = Pick<Context, "db" | "viewer">;

/** The version that a source such as `models:/fraud/1` names; null if it names none. Throws NOT_FOUND. */
async function findSourceVersion(context: Reading, source: string): Promise<VersionRow | null> {
  const [, name, version] = REGISTERED.exec(source) ?? [];
  return name === undefined || version === undefined ? null : readVersionRow(context, decode(name), version);
}

/** The id in a source such as `models:/m-0123…`; null if it is another source. */
export function loggedModelOf(source: string): string | null {
  const [, id = ""] = /^models:\/([^/@]+)$/.exec(source) ?? [];
  return isLoggedModelId(id) ? id : null;
}

/** What a copy takes over from its original: the run and the logged model that made it. Throws NOT_FOUND. */
export async function originOf(context: Context, source: string) {
  const original = await findSourceVersion(context, source).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    const [, name, version] = REGISTERED.exec(source) ?? [];
    throw new OtherNotFoundError(`Model Version (name=${name}, version=${version}) not found`);
  });
  if (!original) return null;
  const run = (await runsOf(context, [original]))(original);
  return { run, model: (await visibleLoggedModelOf(context, original)) ?? original.externalModelId };
}

async function visibleLoggedModelOf(context: Context, row: VersionRow): Promise<string | null> {
  return (await findLoggedModel(context, row))?.id ?? null;
}

async function findLoggedModel({ db, viewer }: Reading, { loggedModelId }: VersionRow) {
  if (loggedModelId === null || !holdsScope(viewer.scopes, TYPE_SCOPE.LoggedModel)) return null;
  const where = { AND: [visibleLoggedModel(viewer), { id: loggedModelId }] };
  return db.loggedModel.findFirst({ where, select: LOGGED_MODEL });
}

/** The address of the logged model that a source names, if it is of this registry and the viewer may know it. */
async function addressOfSource(context: Reading, row: VersionRow): Promise<string | null> {
  if (row.source === null || row.loggedModelId === null || loggedModelOf(row.source) !== row.loggedModelId) return null;
  const model = await findLoggedModel(context, row);
  return model && mayReadArtifacts(context, model) ? model.artifactUri : null;
}

/**
 * Where the artifacts of a version are: its source, or for a copy that of the original. A source that names a logged model
 * of this registry becomes the address of that model, because clients before MLflow 3 know no logged models.
 */
export async function artifactsOf(context: Reading, row: VersionRow, copies = 0): Promise<string> {
  if (row.source === null || !mayReadSource(context, row)) {
    const scope = FIELD_SCOPE["ModelVersion.source"];
    throw new ForbiddenError(`The source of a version requires the scope ${scope}, which this token does not have.`, [
      scope,
    ]);
  }
  const original = await findSourceVersion(context, row.source).catch((error: unknown) => {
    if (error instanceof NotFoundError) return null;
    throw error;
  });
  if (!original || copies >= MAX_COPIES || !mayReadSource(context, original)) {
    return (await addressOfSource(context, row)) ?? row.source;
  }
  return artifactsOf(context, original, copies + 1);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
