import type { ExecutionResult } from "graphql";
import { isAsyncIterable, type Plugin, type YogaInitialContext } from "graphql-yoga";
import { cursorOf } from "./client-stream.js";

/** Proxies and load balancers close a connection that is idle for a while, the strictest of the usual ones after 15 s. */
const PING_MS = 12_000;
const PING = ":\n\n";
const COMPLETE = "event: complete\ndata:\n\n";

/**
 * Writes subscriptions as server-sent events (GraphQL over SSE, distinct connections mode) whose ids are cursors. An
 * EventSource that reconnects by itself sends the last id as `Last-Event-ID` (HTML Standard §9.2.4). Yoga writes no ids.
 */
export function useEventIds(): Plugin {
  return {
    onResultProcess({ result, setResultProcessor }) {
      if (!isAsyncIterable<ExecutionResult>(result)) return;
      setResultProcessor((_result, fetchAPI) => {
        const headers = { "content-type": "text/event-stream", connection: "keep-alive" };
        return new fetchAPI.Response(writeEvents(result), { headers });
      }, "text/event-stream");
    },
  };
}

/** What a client resumes after; null if it says nothing. An operation of a socket has no request. */
export function lastEventIdOf({ request }: Partial<YogaInitialContext>): string | null {
  return request?.headers.get("last-event-id") || null;
}

function writeEvents(stream: AsyncIterable<ExecutionResult>): ReadableStream<Uint8Array> {
  const results = stream[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let pings: NodeJS.Timeout;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // some browsers wait for the first byte before they report the stream as open
      controller.enqueue(encoder.encode(PING));
      pings = setInterval(() => {
        // a slow reader has data to read already
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(PING));
      }, PING_MS);
    },
    async pull(controller) {
      const { value, done } = await results.next().catch((error: unknown) => {
        clearInterval(pings);
        throw error;
      });
      if (value) controller.enqueue(encoder.encode(formatEvent(value)));
      if (!done) return;
      clearInterval(pings);
      controller.enqueue(encoder.encode(COMPLETE));
      controller.close();
    },
    async cancel() {
      clearInterval(pings);
      await results.return?.();
    },
  });
}

/**
 * The last message of a stream that fails has no id: the client resumes after the message before it. The id stands last,
 * since simple parsers expect the data right after the name, as before there were ids.
 */
function formatEvent(result: ExecutionResult): string {
  const cursor = cursorOf(result);
  const id = cursor === undefined ? "" : `id: ${cursor}\n`;
  return `event: next\ndata: ${JSON.stringify(result)}\n${id}\n`;
}
