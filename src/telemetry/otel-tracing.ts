import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { withTimeout } from "../util/timeout.js";
import { CountingSpanProcessor, type SpanProcessorOptions } from "./counting-span-processor.js";
import type { Attributes, Span, SpanEnd, Tracing } from "./tracing.js";

export interface TracingOptions extends SpanProcessorOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: string;
  readonly ratio: number;
}

const SEND_MS = 10_000;
const STOP_MS = 1_000;

/** Sends traces to a collector over OTLP. Registers nothing globally, so that each app in a process has its own. */
export function openOtelTracing(options: TracingOptions): Tracing {
  const { url, headers, resource } = options;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SEND_MS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: samplerOf(options),
    spanProcessors: [new CountingSpanProcessor(exporter, options)],
  });
  const tracer = provider.getTracer("shelfmark");
  const propagator = new W3CTraceContextPropagator();
  const active = new AsyncLocalStorage<Context>();

  function begin(name: string, kind: SpanKind, parent: Context, attributes: Attributes = {}): Span {
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    const own = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      isRecorded: true,
      run: (work) => active.run(own, work),
      end: (how) => endSpan(span, how),
      get headers() {
        const carrier = {};
        propagator.inject(own, carrier, defaultTextMapSetter);
        return carrier;
      },
    };
  }

  return {
    startServerSpan: (name, caller) =>
      begin(name, SpanKind.SERVER, propagator.extract(ROOT_CONTEXT, caller, defaultTextMapGetter)),
    startClientSpan: (name, attributes) => begin(name, SpanKind.CLIENT, ROOT_CONTEXT, attributes),
    startChildSpan(name, attributes, kind) {
      const parent = active.getStore();
      // work after the answer, such as that of a stream, is not a part of the trace
      if (!parent || !trace.getSpan(parent)?.isRecording()) return null;
      return begin(name, kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL, parent, attributes);
    },
    stop: () => stopInTime(provider.shutdown()),
  };
}

function endSpan(span: OtelSpan, { name, attributes, error }: SpanEnd = {}): void {
  if (!span.isRecording()) return;
  if (name !== undefined) span.updateName(name);
  if (attributes) span.setAttributes(attributes);
  if (typeof error === "string") span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end();
}

function samplerOf({ sampler, ratio }: TracingOptions): Sampler {
  const root = rootSampler(sampler.replace(/^parentbased_/, ""), ratio);
  return sampler.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === "always_off") return new AlwaysOffSampler();
  return name === "traceidratio" ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}

/** Spans that the collector does not accept in time are lost. The span processor counts failures. */
async function stopInTime(shutdown: Promise<void>): Promise<void> {
  const settled = shutdown.catch(() => {});
  await withTimeout(settled, STOP_MS, () => {});
}
