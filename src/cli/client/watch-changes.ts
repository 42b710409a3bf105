import { Backoff, sleep } from "../../client/backoff.js";
import { reasonOf } from "../../client/connection.js";
import { type Change, type ChangeFilter, watch } from "../../client/watch.js";
import { CommandError, misuse } from "../io/command-io.js";
import { CursorFile } from "./cursor-file.js";
import { describeRetry, describeSeconds, parseStages, type WatchSession } from "./watch-session.js";
import { describeChange, outcomeOf, runForChange } from "./watched-change.js";

const FAILURE_ACTIONS = ["retry", "stop", "skip"] as const;
type FailureAction = (typeof FAILURE_ACTIONS)[number];

/** Edge-triggered: one run for each change, in order, from the stored cursor. Returns what starts it. */
export function prepareChanges(session: WatchSession): () => Promise<void> {
  const { connection, options, exec, note } = session;
  requireChangeOptions(session);
  const { model, from, to, alias } = options;
  const where: ChangeFilter = {
    models: model,
    ...(alias ? { aliases: alias } : { from: parseStages("--from", from), to: parseStages("--to", to) }),
  };
  const since = parseSince(options.since);
  const handle = createHandler(session, parseFailureAction(options.onFailure));
  // without --exec nothing is done for a change, so there is no position to keep
  const isKept = exec !== null || options.cursorFile !== undefined;
  if (!isKept) return () => follow(session, { where, since, handle, file: null });
  const file = options.cursorFile ? new CursorFile(options.cursorFile) : CursorFile.of({ url: connection.url, where });
  return async () => {
    const lock = await file.lock(note);
    await follow(session, { where, since, handle, file }).finally(() => lock.release());
  };
}

interface Following {
  readonly where: ChangeFilter;
  readonly since: Date | undefined;
  readonly handle: (change: Change, cursor: string) => Promise<void>;
  readonly file: CursorFile | null;
}

async function follow(session: WatchSession, { where, since, handle, file }: Following): Promise<void> {
  const { connection, options, signal, stop, out, note } = session;
  const after = await file?.read();
  if (file) note(`Watching ${connection.url}, ${after ? "from" : "storing"} the cursor in ${file.path}.`);
  await watch({
    ...connection,
    where,
    after,
    since,
    signal,
    onEvent: async (change, cursor) => {
      if (options.json) out(JSON.stringify({ ...change, cursor }));
      await handle(change, cursor);
      await file?.write(cursor);
      if (options.once) stop();
    },
    onBookmark: (cursor) => file?.write(cursor),
    onRetry: (reason, waitMs) => note(describeRetry(reason, waitMs)),
  }).catch((error: unknown) => {
    if (!(error instanceof StoppedMidway)) throw error;
  });
}

function requireChangeOptions({ exec, reporter, options }: WatchSession): void {
  const { stage, from, to, alias, json } = options;
  if (stage !== undefined) throw misuse("--stage needs --reconcile; without it use --from and --to.");
  if (alias && (from || to)) throw misuse("Give either --alias, or --from and --to.");
  if (reporter && (alias ?? to)?.length !== 1)
    throw misuse("--report needs one --to or one --alias: what the environment follows.");
  if (!exec && !json) throw misuse("watch needs --exec or --json.");
}

function parseFailureAction(text = "retry"): FailureAction {
  const action = FAILURE_ACTIONS.find((known) => known === text);
  if (!action) throw misuse(`--on-failure is "${text}"; it must be retry, stop or skip.`);
  return action;
}

function parseSince(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const since = new Date(text);
  if (Number.isNaN(since.getTime()))
    throw misuse(`--since is "${text}"; it must be a time such as 2026-11-20T12:00:00Z.`);
  return since;
}

/** Runs the command for a change until it succeeds, or until --on-failure says otherwise. */
function createHandler({ exec, reporter, signal, note }: WatchSession, onFailure: FailureAction) {
  async function report(change: Change, cursor: string, error: unknown): Promise<void> {
    await reporter?.report(outcomeOf(change, cursor, error), signal).catch((reason: Error) => note(reason.message));
  }

  return async (change: Change, cursor: string): Promise<void> => {
    const backoff = new Backoff();
    for (;;) {
      try {
        if (exec) await runForChange(change, cursor, exec);
        await report(change, cursor, null);
        return;
      } catch (error) {
        // a signal that stops the watcher may have stopped the command too, which is not a failure of the command
        if (signal.aborted) throw new StoppedMidway();
        await report(change, cursor, error);
        const failure = `${describeChange(change)}: ${reasonOf(error)}`;
        if (onFailure === "stop") throw new CommandError(failure);
        if (onFailure === "skip") return note(`${failure} Skipped.`);
        const waitMs = backoff.nextMs();
        note(`${failure} Next attempt in ${describeSeconds(waitMs)}.`);
        await sleep(waitMs, signal);
        if (signal.aborted) throw new StoppedMidway();
      }
    }
  };
}

/** The watcher was stopped before the change was handled, so the cursor stays before it. */
class StoppedMidway extends Error {}
