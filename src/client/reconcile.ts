import { Backoff, sleep } from "./backoff.js";
import { Connection, reasonOf } from "./connection.js";
import { CHANGES, LIST, POINTED, STANDING } from "./documents.js";
import { type GraphQLErrorShape, toError } from "./errors.js";
import { ModelWorkers } from "./model-workers.js";
import type { Place, ReconcileOptions, Standing } from "./reconcile-options.js";
import { mayRetry } from "./watch.js";

/** Everything after which another version may stand there, or under another name of the model. */
const TYPES = [
  ...["MODEL_VERSION_STAGE_CHANGED", "MODEL_VERSION_DELETED", "MODEL_VERSION_RESTORED", "ALIAS_SET", "ALIAS_DELETED"],
  ...["MODEL_RENAMED", "MODEL_DELETED", "MODEL_RESTORED"],
];

interface Listed {
  readonly holders: { readonly cursor: string; readonly holders: readonly { readonly modelName: string }[] };
}
interface Changed {
  readonly message: { readonly event: { readonly modelName: string; readonly previousName?: string | null } | null };
}
interface Found {
  readonly model: {
    readonly standing: { id: string; number: number; digest: string | null; source: string | null } | null;
  } | null;
}

/** A model that leaves the token's claims is not told of, so now and then everything is read anew. */
const RELIST_MS = 600_000;

/**
 * Keeps the world as the registry says: reads who stands there and from where to watch on, applies it for each model,
 * and again whenever that changes. It needs no memory of its own: it begins anew at each connection, and when the history
 * was compacted or diverged. Resolves when the signal aborts and what was under way is done; rejects with refusals that
 * time does not heal.
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(options.signal ? [options.signal] : [])]);
  const { onRetry } = options;
  const connection = new Connection(options);
  const workers = new ModelWorkers({
    ...options,
    signal,
    read: (model) => readStanding(connection, options.at, model, signal),
  });
  const backoff = new Backoff();
  try {
    while (!signal.aborted) {
      try {
        await followOnce(connection, options, workers, signal, () => backoff.reset());
      } catch (error) {
        if (signal.aborted) break;
        if (!mayRetry(error, options) && !isHistoryGone(error)) throw error;
        const waitMs = backoff.nextMs();
        onRetry?.(reasonOf(error), waitMs);
        await sleep(waitMs, signal);
      }
    }
  } finally {
    // what fails for good is not tried again beside a watch that is over
    ended.abort();
    await workers.settle();
  }
}

/** Lists, then watches from the list's cursor. Throws when the connection is lost; returns when it is time to list anew. */
async function followOnce(
  connection: Connection,
  { at, models }: ReconcileOptions,
  workers: ModelWorkers,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const where = { models, ...("stage" in at ? { stages: [at.stage] } : { aliases: [at.alias] }) };
  const { holders } = await connection.request<Listed>(LIST, { where }, signal);
  for (const name of new Set([...workers.known(), ...holders.holders.map(({ modelName }) => modelName)]))
    workers.look(name);
  const relist = AbortSignal.any([signal, AbortSignal.timeout(RELIST_MS)]);
  const variables = { where: { models, types: TYPES }, after: holders.cursor };
  const stream = connection.subscribe<Changed>(CHANGES, variables, relist);
  try {
    for (;;) {
      const { event } = (await stream.next()).value.message;
      onConnected();
      if (!event) continue;
      workers.look(event.modelName);
      if (event.previousName) workers.look(event.previousName);
    }
  } catch (error) {
    if (!relist.aborted || signal.aborted) throw error;
  } finally {
    await stream.return(undefined as never);
  }
}

async function readStanding(
  connection: Connection,
  at: Place,
  model: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const [document, place] = "stage" in at ? [STANDING, { stage: at.stage }] : [POINTED, { alias: at.alias }];
  const { data, errors } = await connection.ask<Found>(document, { model, ...place }, signal);
  const fatal = errors.find((error) => !isRefusedSource(error));
  if (fatal) throw toError(fatal);
  const standing = data?.model?.standing;
  if (!standing) return null;
  const { id, number, digest, source } = standing;
  return { modelName: model, versionNumber: number, versionId: id, digest, source };
}

/** Who may not read where the artifact is still learns which version it is. */
function isRefusedSource({ path, extensions }: GraphQLErrorShape): boolean {
  return extensions?.code === "FORBIDDEN" && path?.at(-1) === "source";
}

function isHistoryGone(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "HISTORY_COMPACTED" || code === "HISTORY_DIVERGED";
}
