import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Plugin, YogaInitialContext } from "graphql-yoga";
import type { StreamMessage } from "../../store/events/event-stream.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { withinTime } from "../kit/within-time.js";
import { refuseConditionalRoot } from "../limits/root-condition-rule.js";
import { ClientStream, type StreamServices } from "./client-stream.js";
import { FairQueue } from "./fair-queue.js";
import { ResultSharing } from "./result-sharing.js";

type Source = AsyncIterableIterator<StreamMessage> | ExecutionResult;

/**
 * Executes subscriptions, for SSE and WebSocket alike. `subscribe` below opens the source, which is the EventStream that
 * the resolver of the root field returns, and makes a ClientStream of it. The transport pulls results from the
 * ClientStream (yoga for SSE, graphql-ws for WebSocket); the ClientStream pulls one message from the source and passes it
 * to its MessageExecutor. The executor takes the result from ResultSharing if another subscription has it already.
 * Otherwise it executes the document: at once if the DocumentAnalysis shows that it does not read the database, else when
 * the FairQueue has a place for it. The source ends the stream with an error when the token expires or is revoked, or when
 * the server stops; the transport ends it when the client leaves. Results are pulled one after another, so they do not
 * pile up in memory: the events of a slow client wait in the table.
 */
export function useSubscriptions(services: EntryPointServices, { streams }: Pick<Limiters, "streams">): Plugin {
  const { executing, requestTimeoutMs: timeoutMs } = services.config.limits;
  const streamServices: StreamServices = {
    ...services,
    streams,
    queue: new FairQueue(executing),
    sharing: new ResultSharing(),
    timeoutMs,
  };

  async function subscribe(args: ExecutionArgs): Promise<ClientStream | ExecutionResult> {
    const source = await openSource(args, timeoutMs);
    if (!isStream(source)) return source;
    const stream = new ClientStream(source, args, streamServices);
    const { request } = args.contextValue as Partial<YogaInitialContext>;
    if (request) closeOnAbort(stream, request.signal);
    return stream;
  }

  return {
    onValidate: ({ addValidationRule }) => addValidationRule(refuseConditionalRoot),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
  };
}

/** A source that opens too late is closed: no client reads it. */
async function openSource(args: ExecutionArgs, timeoutMs: number): Promise<Source> {
  const opening = createSourceEventStream(args) as Promise<Source>;
  const late = `The subscription did not open within ${timeoutMs} ms. Subscribe again.`;
  return withinTime(timeoutMs, opening, late).catch((error: unknown) => {
    opening.then(closeSource, () => {});
    throw error;
  });
}

function isStream(source: Source): source is AsyncIterableIterator<StreamMessage> {
  return Symbol.asyncIterator in source;
}

function closeSource(source: Source): void {
  if (isStream(source)) void source.return?.();
}

/** Yoga's adapter drops the stream of a client that leaves before its response starts, without closing it. */
function closeOnAbort(stream: ClientStream, signal: AbortSignal): void {
  const close = () => void stream.return();
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
}
