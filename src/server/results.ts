import type { ExecutionResult } from "graphql";
import type { Viewer } from "../domain/actor.js";
import { collapseErrors, type ErrorLog, toClientError } from "../graphql/errors.js";
import type { OpenStreams } from "./open-streams.js";

type Results = AsyncIterable<ExecutionResult>;

/** An answer as a client may see it. */
export function toClientResult(result: ExecutionResult, requestId: string, log: ErrorLog): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: collapseErrors(result.errors.map((error) => toClientError(error, requestId, log))) };
}

export function isStream(result: unknown): result is Results {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}

interface Streaming {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly log: ErrorLog;
  readonly open: OpenStreams;
}

/**
 * A stream of answers as a client may see it, counted while it is open. One that fails says why in a last answer, and
 * ends. Not a generator: the end of a generator that waits for its next event would wait for that event, too.
 */
export function toClientStream(
  results: Results,
  { viewer, requestId, log, open }: Streaming,
): AsyncIterableIterator<ExecutionResult> {
  const source = results[Symbol.asyncIterator]();
  let close: () => void;
  try {
    close = open.open(viewer.actor);
  } catch (error) {
    void source.return?.();
    throw error;
  }
  let failed = false;
  return {
    async next() {
      if (failed) return { value: undefined, done: true };
      try {
        const { value, done } = await source.next();
        if (!done) return { value: toClientResult(value, requestId, log), done: false };
        close();
        return { value: undefined, done: true };
      } catch (error) {
        failed = true;
        close();
        return { value: { errors: [toClientError(error, requestId, log)] }, done: false };
      }
    },
    async return() {
      close();
      await source.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The codes of an answer, for the log. */
export function codesOf({ errors }: ExecutionResult): string[] {
  return (errors ?? []).map(({ extensions }) => String(extensions.code ?? "INTERNAL"));
}
