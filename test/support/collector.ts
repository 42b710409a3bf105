import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Collected {
  readonly spans: CollectedSpan[];
  readonly resource: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders[];
  /** All that came, as it came. */
  text: string;
}

export interface Collector extends Collected {
  readonly url: string;
  stop(): Promise<void>;
}

/** A collector of OTLP over HTTP in JSON. By default it takes everything. */
export async function startCollector(
  answer = (response: ServerResponse) => void response.end("{}"),
): Promise<Collector> {
  const collected: Collected = { spans: [], resource: {}, headers: [], text: "" };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
      collected.headers.push({ ...request.headers, ":path": request.url });
      collected.text += text;
      keep(collected, JSON.parse(text));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(collected, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => close(server),
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

// biome-ignore lint/suspicious/noExplicitAny: https://github.com/open-telemetry/opentelemetry-proto, as it comes
function keep(collected: Collected, { resourceSpans }: any): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    Object.assign(collected.resource, valuesOf(resource.attributes));
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        const { traceId, spanId, parentSpanId = "", name, kind, status } = span;
        const attributes = valuesOf(span.attributes);
        collected.spans.push({ traceId, spanId, parentSpanId, name, kind, isError: status.code === 2, attributes });
      }
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function valuesOf(attributes: any[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** The names of a trace's spans, each below the one that it is part of, in the order of their names. */
export function treeOf(spans: readonly CollectedSpan[], parentSpanId: string): unknown[] {
  const children = spans
    .filter((span) => span.parentSpanId === parentSpanId)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return children.map(({ name, spanId }) => {
    const below = treeOf(spans, spanId);
    return below.length > 0 ? { [name]: below } : name;
  });
}
