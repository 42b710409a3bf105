import { Backoff, sleep } from "../../client/backoff.js";
import { reasonOf } from "../../client/connection.js";
import { ShelfmarkError } from "../../client/errors.js";
import { type Change, type ChangeFilter, watch } from "../../client/watch.js";
import { loadClientConfig } from "../../config/load-config.js";
import { tokenSource } from "../client/client-token.js";
import { CursorFile } from "../client/cursor-file.js";
import type { ExecCommand } from "../client/exec-command.js";
import { ReportBack } from "../client/report-back.js";
import { describeChange, outcomeOf, runFor } from "../client/watch-change.js";
import { checkReconcile } from "../client/watch-reconcile.js";
import {
  parseStages,
  secondsOf,
  toSentence,
  type WatchCommandOptions,
  type WatchSession,
} from "../client/watch-session.js";
import { CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";

const LONGEST_DAYS = 7;

/** Runs a command for what changes, or keeps things as the registry says, until it is asked to stop. */
export async function watchRegistry(options: WatchCommandOptions, io: CommandIo): Promise<void> {
  const client = loadClientConfig({
    ...io.env,
    ...(options.url && { SHELFMARK_URL: options.url }),
    ...(options.token && { SHELFMARK_TOKEN: options.token }),
  });
  const connection = { url: client.url, token: tokenSource(options, client, io) };
  const stopping = new AbortController();
  const report = options.report === undefined ? null : new ReportBack(connection, options.report, options.endpoint);
  const session: WatchSession = {
    ...{ connection, options, exec: toCommand(options, io), report, signal: stopping.signal },
    stop: () => stopping.abort(),
    out: (line) => io.out(`${line}\n`),
    say: (sentence) => io.err(`shelfmark: ${sentence}\n`),
  };
  const follow = options.reconcile ? checkReconcile(session) : checkWatch(session);
  void io.untilStopped().then(session.stop);
  try {
    await follow();
  } catch (error) {
    throw error instanceof ShelfmarkError ? new CommandError(explain(error)) : error;
  }
}

function toCommand({ exec, execTimeout }: WatchCommandOptions, { env }: CommandIo): ExecCommand | null {
  const timeoutMs =
    execTimeout === undefined ? undefined : parseDuration("--exec-timeout", execTimeout, LONGEST_DAYS) * 1_000;
  return exec === undefined ? null : { command: exec, inherited: env, timeoutMs };
}

function explain({ code, message }: ShelfmarkError): string {
  const isGone = code === "HISTORY_COMPACTED" || code === "HISTORY_DIVERGED";
  const hint = isGone
    ? " What happened meanwhile is not known: bring things in order, then begin anew, without the cursor file if there is one, and without a --since that is as old."
    : "";
  return `${code}: ${message}${hint}`;
}

/** Edge-triggered: one run for each change, in order, from where the last one was done. */
function checkWatch(session: WatchSession): () => Promise<void> {
  const { connection, options, exec, report, signal, stop, out, say } = session;
  const { model, from, to, alias, json, since, onFailure = "retry" } = options;
  if (options.stage !== undefined) throw misuse("--stage goes with --reconcile; a watch takes --from and --to.");
  if (alias && (from || to)) throw misuse("Give --alias, or --from and --to.");
  if (report && (alias ?? to)?.length !== 1)
    throw misuse("--report needs one --to or one --alias: what the environment follows.");
  if (!exec && !json) throw misuse("watch needs --exec or --json.");
  if (!["retry", "stop", "skip"].includes(onFailure))
    throw misuse(`--on-failure is "${onFailure}"; it must be retry, stop or skip.`);
  const start = since === undefined ? undefined : new Date(since);
  if (start && Number.isNaN(start.getTime()))
    throw misuse(`--since is "${since}"; it must be a time such as 2026-11-20T12:00:00Z.`);
  const where: ChangeFilter = {
    models: model,
    ...(alias ? { aliases: alias } : { from: parseStages("--from", from), to: parseStages("--to", to) }),
  };
  const isKept = exec !== null || options.cursorFile !== undefined;
  const file = options.cursorFile ? new CursorFile(options.cursorFile) : CursorFile.of({ url: connection.url, where });

  async function act(change: Change, cursor: string): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        if (exec) await runFor(change, cursor, exec);
        await tell(change, cursor, null);
        return;
      } catch (error) {
        // whoever stops the watcher may have stopped the command with it, which is no failure of its own
        if (signal.aborted) throw new StoppedMidway();
        await tell(change, cursor, error);
        if (onFailure === "stop") throw new CommandError(`${describeChange(change)}: ${reasonOf(error)}`);
        const waitMs = backoff.nextMs();
        say(
          `${describeChange(change)}: ${reasonOf(error)} ${onFailure === "skip" ? "Skipped." : `Again in ${secondsOf(waitMs)}.`}`,
        );
        if (onFailure === "skip") return;
        await sleep(waitMs, signal);
        if (signal.aborted) throw new StoppedMidway();
      }
    }
  }

  async function tell(change: Change, cursor: string, error: unknown): Promise<void> {
    await report?.report(outcomeOf(change, cursor, error), signal).catch((reason: Error) => say(reason.message));
  }

  async function follow(): Promise<void> {
    const after = isKept ? await file.read() : undefined;
    if (isKept) say(`Watching ${connection.url}, ${after ? "on from" : "keeping"} the cursor in ${file.path}.`);
    const keep = async (cursor: string) => (isKept ? file.write(cursor) : undefined);
    await watch({
      ...{ ...connection, where, after, since: start, signal },
      onEvent: async (change, cursor) => {
        if (json) out(JSON.stringify({ ...change, cursor }));
        await act(change, cursor);
        await keep(cursor);
        if (options.once) stop();
      },
      onBookmark: keep,
      onRetry: (reason, waitMs) => say(`${toSentence(reason)} Will connect again in ${secondsOf(waitMs)}.`),
    }).catch((error: unknown) => {
      if (!(error instanceof StoppedMidway)) throw error;
    });
  }

  return async () => {
    const lock = isKept ? await file.hold(say) : null;
    await follow().finally(() => lock?.release());
  };
}

/** It was asked to stop before the change was acted on: the cursor stays before it. */
class StoppedMidway extends Error {}
