import type { Context } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-node";

export interface SpanProcessorOptions {
  readonly queueSize: number;
  readonly delayMs: number;
  /** Called for spans that will not be delivered. */
  onLost(reason: "queue_full" | "not_taken", count: number, error?: Error): void;
}

const MAX_BATCH_SIZE = 512;
const EXPORT_MS = 10_000;

/** OpenTelemetry's batch processor, which drops spans without notice when its queue is full, with a count of what is lost. */
export class CountingSpanProcessor implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private readonly options: SpanProcessorOptions;
  private waiting = 0;

  constructor(exporter: SpanExporter, options: SpanProcessorOptions) {
    this.options = options;
    this.batches = new BatchSpanProcessor(this.counting(exporter), {
      maxQueueSize: options.queueSize,
      maxExportBatchSize: Math.min(MAX_BATCH_SIZE, options.queueSize),
      scheduledDelayMillis: options.delayMs,
      exportTimeoutMillis: EXPORT_MS,
    });
  }

  onStart(span: Span, parent: Context): void {
    this.batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= this.options.queueSize) {
      this.options.onLost("queue_full", 1);
      return;
    }
    this.waiting++;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private counting(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.waiting -= spans.length;
        exporter.export(spans, (result) => {
          if (result.code !== ExportResultCode.SUCCESS) this.options.onLost("not_taken", spans.length, result.error);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }
}
