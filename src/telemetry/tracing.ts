import { traceIdOf } from "./traceparent.js";

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** The headers of W3C Trace Context. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export interface SpanEnd {
  readonly name?: string;
  readonly attributes?: Attributes;
  /** Why the work failed. Must not contain secrets. */
  readonly error?: string | null;
}

export interface Span {
  /** The trace that the span belongs to, whether it is recorded or not. */
  readonly traceId: string | null;
  /** Whether anybody looks at its end. */
  readonly isRecorded: boolean;
  /** Runs the work with this span as the parent of those that it starts. */
  run<T>(work: () => T): T;
  /** Later calls do nothing. */
  end(how?: SpanEnd): void;
  /** For an outgoing request, so that the receiver's spans belong to this one. */
  readonly headers: TraceHeaders;
}

export interface Tracing {
  /** Starts the span of an incoming request, in the trace of its caller. */
  startServerSpan(name: string, caller: TraceHeaders): Span;
  /** Starts a trace of its own, for an outgoing request that is not a part of an incoming one. */
  startClientSpan(name: string, attributes: Attributes): Span;
  /** Starts a span below the current one; null if that is not recorded. */
  startChildSpan(name: string, attributes: Attributes, kind: "internal" | "client"): Span | null;
  /** Delivers the waiting spans, within bounded time. */
  stop(): Promise<void>;
}

const NO_SPAN: Span = { traceId: null, isRecorded: false, run: (work) => work(), end() {}, headers: {} };

/** Used without a collector. Keeps only the trace id of the caller, for the log. */
export const NO_TRACING: Tracing = {
  startServerSpan(_name, { traceparent }) {
    const traceId = traceIdOf(traceparent);
    return traceId === null ? NO_SPAN : { ...NO_SPAN, traceId };
  },
  startClientSpan: () => NO_SPAN,
  startChildSpan: () => null,
  stop: async () => {},
};
