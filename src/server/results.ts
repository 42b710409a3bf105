import type { ExecutionResult } from "graphql";
import type { Viewer } from "../domain/actor.js";
import { collapseErrors, type ErrorServices, toClientError } from "../graphql/errors.js";
import { once } from "./once.js";
import type { OpenStreams } from "./open-streams.js";
import type { Visit } from "./visit.js";
import type { Visits } from "./visits.js";

type Results = AsyncIterable<ExecutionResult>;

/** An answer as a client may see it. */
export function toClientResult(result: ExecutionResult, requestId: string, services: ErrorServices): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: collapseErrors(result.errors.map((error) => toClientError(error, requestId, services))) };
}

/** Where there is no header to hold it. */
export function withRequestId(result: ExecutionResult, requestId: string): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, requestId } };
}

export function isStream(result: unknown): result is Results {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}

interface Streaming {
  readonly viewer: Viewer;
  readonly services: ErrorServices;
  readonly open: OpenStreams;
  readonly visit: Visit;
  readonly visits: Visits;
}

/**
 * A stream of answers as a client may see it, counted while it is open. One that fails says why in a last answer, and
 * ends. Not a generator: the end of a generator that waits for its next event would wait for that event, too.
 */
export function toClientStream(
  results: Results,
  { viewer, services, open, visit, visits }: Streaming,
): AsyncIterableIterator<ExecutionResult> {
  const { requestId } = visit;
  const source = results[Symbol.asyncIterator]();
  let leave: () => void;
  try {
    leave = open.take(viewer.actor);
  } catch (error) {
    void source.return?.();
    throw error;
  }
  const told = visits.openStream(visit);
  const close = once(() => {
    leave();
    told.end();
  });
  const tell = (result: ExecutionResult) => {
    const isFirst = visit.messages === 0;
    told.message(result);
    const value = isFirst && visit.door === "websocket" ? withRequestId(result, requestId) : result;
    return { value, done: false };
  };
  let failed = false;
  return {
    async next() {
      if (failed) return { value: undefined, done: true };
      try {
        const { value, done } = await source.next();
        if (!done) return tell(toClientResult(value, requestId, services));
        close();
        return { value: undefined, done: true };
      } catch (error) {
        failed = true;
        const last = tell({ errors: [toClientError(error, requestId, services)] });
        close();
        return last;
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
