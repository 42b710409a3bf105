import { Backoff, sleep } from "./backoff.js";
import { Connection, reasonOf } from "./connection.js";
import { ALIAS_VERSION, FOLLOWED_MODELS, HOLDERS, MODEL_CHANGES, STAGE_HOLDER } from "./documents.js";
import { type GraphQLErrorShape, isHistoryGone, ModelRenamedError, toError } from "./errors.js";
import { FollowedNames } from "./followed-names.js";
import { ModelWorkers } from "./model-workers.js";
import type { Place, ReconcileOptions, Standing } from "./reconcile-options.js";
import { mayRetry } from "./watch.js";

/** Events after which another version may be at the place, or the model may have another name. */
const EVENT_TYPES = [
  "MODEL_VERSION_STAGE_CHANGED",
  "MODEL_VERSION_DELETED",
  "MODEL_VERSION_RESTORED",
  "ALIAS_SET",
  "ALIAS_DELETED",
  "MODEL_RENAMED",
  "MODEL_DELETED",
  "MODEL_RESTORED",
];

interface HoldersData {
  readonly holders: { readonly cursor: string; readonly holders: readonly { readonly modelName: string }[] };
}
interface NamedModel {
  readonly id: string;
  readonly name: string;
}
interface FollowedData {
  /** Null for what is deleted or not covered. */
  readonly known: readonly (NamedModel | null)[];
  readonly named: { readonly nodes: readonly NamedModel[] };
}
interface ChangesData {
  readonly message: { readonly event: { readonly modelName: string; readonly previousName?: string | null } | null };
}
interface VersionData {
  readonly model: {
    readonly id: string;
    readonly standing: { id: string; number: number; digest: string | null; source: string | null } | null;
  } | null;
}

/** No event reports that a model left the token's claims, so everything is listed again from time to time. */
const RELIST_MS = 600_000;

/**
 * Keeps the environment in the state of the registry. It lists the versions at the place and watches from the list's
 * cursor. It applies the version of each model, and again whenever another version is at the place. It keeps no state: it
 * starts again with the list at each connection, and after the history was compacted or diverged. Resolves when the signal
 * aborts and running work is done. Rejects with refusals that a later attempt does not change, and with a
 * ModelRenamedError if a model that `models` names exactly loses its name.
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(options.signal ? [options.signal] : [])]);
  const connection = new Connection(options);
  const followed = new FollowedNames(options.models);
  let renamed: ModelRenamedError | null = null;
  const read = async (model: string) => {
    try {
      return await readStanding(connection, { model, at: options.at, followed }, signal);
    } catch (error) {
      // the worker would try again: another model has the name, and that is for a person to decide
      if (!(error instanceof ModelRenamedError)) throw error;
      renamed ??= error;
      ended.abort();
      return null;
    }
  };
  const workers = new ModelWorkers({ ...options, signal, read });
  const backoff = new Backoff();
  const session: Session = { connection, workers, followed, options, signal, onConnected: () => backoff.reset() };
  try {
    while (!signal.aborted) {
      try {
        await listAndWatch(session);
      } catch (error) {
        if (signal.aborted) break;
        if (!mayRetry(error, options) && !isHistoryGone(error)) throw error;
        const waitMs = backoff.nextMs();
        options.onRetry?.(reasonOf(error), waitMs);
        await sleep(waitMs, signal);
      }
    }
  } finally {
    // workers do not retry after the watch has failed for good
    ended.abort();
    await workers.settle();
  }
  if (renamed) throw renamed;
}

interface Session {
  readonly connection: Connection;
  readonly workers: ModelWorkers;
  readonly followed: FollowedNames;
  readonly options: ReconcileOptions;
  readonly signal: AbortSignal;
  readonly onConnected: () => void;
}

/** Throws when the connection is lost. Returns when it is time to list again. */
async function listAndWatch({ connection, workers, followed, options, signal, onConnected }: Session): Promise<void> {
  const { at, models } = options;
  const where = { models, ...("stage" in at ? { stages: [at.stage] } : { aliases: [at.alias] }) };
  const { holders } = await connection.request<HoldersData>(HOLDERS, { where }, signal);
  // after the list, so that a rename is either here already, or comes as an event after the list's cursor
  await checkNames(connection, followed, signal);
  const names = new Set([...workers.known(), ...holders.holders.map(({ modelName }) => modelName)]);
  for (const name of names) workers.check(name);
  const relist = AbortSignal.any([signal, AbortSignal.timeout(RELIST_MS)]);
  const variables = { where: { models, types: EVENT_TYPES }, after: holders.cursor };
  const stream = connection.subscribe<ChangesData>(MODEL_CHANGES, variables, relist);
  try {
    for (;;) {
      const { event } = (await stream.next()).message;
      onConnected();
      if (!event) continue;
      if (event.previousName) followed.requireKept(event.previousName, event.modelName);
      workers.check(event.modelName);
      if (event.previousName) workers.check(event.previousName);
    }
  } catch (error) {
    if (!relist.aborted || signal.aborted) throw error;
  } finally {
    await stream.close();
  }
}

/** Finds what happened to the names while nobody watched: which model each means, from the first time on. */
async function checkNames(connection: Connection, followed: FollowedNames, signal: AbortSignal): Promise<void> {
  const { names, ids } = followed.asked();
  if (names.length === 0) return;
  const { known, named } = await connection.request<FollowedData>(FOLLOWED_MODELS, { names, ids }, signal);
  for (const model of known) if (model) followed.requireName(model.id, model.name);
  for (const { name, id } of named.nodes) followed.requireSame(name, id);
}

async function readStanding(
  connection: Connection,
  { model, at, followed }: { readonly model: string; readonly at: Place; readonly followed: FollowedNames },
  signal: AbortSignal,
): Promise<Standing | null> {
  const document = "stage" in at ? STAGE_HOLDER : ALIAS_VERSION;
  const { data, errors } = await connection.execute<VersionData>(document, { model, ...at }, signal);
  const fatal = errors.find((error) => !isWithheldSource(error));
  if (fatal) throw toError(fatal);
  if (data?.model) followed.requireSame(model, data.model.id);
  const version = data?.model?.standing;
  if (!version) return null;
  return {
    modelName: model,
    versionNumber: version.number,
    versionId: version.id,
    digest: version.digest,
    source: version.source,
  };
}

/** A token without the scope for `source` still sees which version it is. */
function isWithheldSource({ path, extensions }: GraphQLErrorShape): boolean {
  return extensions?.code === "FORBIDDEN" && path?.at(-1) === "source";
}
