import { traceIdOf } from "./traceparent.js";

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** The headers of W3C Trace Context, as somebody sent them. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export interface SpanEnd {
  readonly name?: string;
  readonly attributes?: Attributes;
  /** Why it failed; nothing of it may be secret. */
  readonly error?: string | null;
}

export interface Span {
  /** The trace that it belongs to, be it recorded or not. */
  readonly traceId: string | null;
  /** What is begun within the work belongs to this span. */
  run<T>(work: () => T): T;
  /** A second end changes nothing. */
  end(how?: SpanEnd): void;
  /** To be sent along, so that the receiver's spans belong to this one. */
  readonly headers: TraceHeaders;
}

export interface Tracing {
  /** What somebody asked of us. */
  startServerSpan(name: string, caller: TraceHeaders): Span;
  /** What we send, without anybody waiting for it. */
  startClientSpan(name: string, attributes: Attributes): Span;
  /** A part of what is under way; null if nothing is that is recorded. */
  startChildSpan(name: string, attributes: Attributes, kind: "internal" | "client"): Span | null;
  /** Delivers what waits, in bounded time. */
  stop(): Promise<void>;
}

const NO_SPAN: Span = { traceId: null, run: (work) => work(), end() {}, headers: {} };

/** Without a collector: the caller's trace is only named in the log. */
export const NO_TRACING: Tracing = {
  startServerSpan(_name, { traceparent }) {
    const traceId = traceIdOf(traceparent);
    return traceId === null ? NO_SPAN : { ...NO_SPAN, traceId };
  },
  startClientSpan: () => NO_SPAN,
  startChildSpan: () => null,
  stop: async () => {},
};
