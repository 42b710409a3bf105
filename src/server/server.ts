import { createServer as createHttpServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { GraphQLSchema } from "graphql";
import type { Limits } from "../config/load-config.js";
import { toLoggedError } from "../util/logged-error.js";
import { createHealthEndpoints } from "./http/health.js";
import { createHttpHandler } from "./http/http-handler.js";
import { refuseMalformedRequests } from "./http/malformed-request.js";
import { createMetricsEndpoint } from "./http/metrics-endpoint.js";
import { trackPipelinedResponses } from "./http/pipelined-responses.js";
import { limitResponseTime } from "./http/slow-response.js";
import type { EntryPointServices, Limiters } from "./kit/services.js";
import { Admission } from "./limits/admission.js";
import { limitConnections } from "./limits/connections.js";
import { MemoryBudget } from "./limits/memory-budget.js";
import { createRateLimits, NO_RATE_LIMITS } from "./limits/rate-limits.js";
import { StreamCounter } from "./limits/stream-counter.js";
import { CLOSE_GRACE_MS } from "./websocket/close-codes.js";
import { serveWebSocket } from "./websocket/websocket-server.js";
import { createYogaServer, GRAPHQL_PATH } from "./yoga.js";

export interface ServerOptions extends EntryPointServices {
  readonly schema: GraphQLSchema;
  readonly host: string;
  readonly port: number;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Ends the streams that wait for events, when the server stops. */
  endStreams(): Promise<void>;
}

export interface RunningServer {
  /** The GraphQL endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens both doors. Rejects with node's own error if it cannot listen. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { schema, config, isLocal, host, port, ping, log, networkOf } = options;
  let isStopping = false;
  const { limits } = config;
  const memory = new MemoryBudget(limits);
  const limiters: Limiters = {
    memory,
    rates: isLocal ? NO_RATE_LIMITS : createRateLimits(limits),
    admission: new Admission(limits, memory),
    streams: new StreamCounter(limits.subscriptionsPerViewer),
  };
  const yoga = createYogaServer(schema, options, limiters);
  const health = createHealthEndpoints({ isStopping: () => isStopping, ping });
  const metricsEndpoint = createMetricsEndpoint({ isLocal, token: config.metricsToken, ...options.metrics });
  const pages: typeof health = async (path, response) =>
    (await health(path, response)) || (await metricsEndpoint(path, response));
  const { tracker } = options;
  const handle = createHttpHandler({ yoga, isLocal, bodyBytes: limits.bodyBytes, health: pages, tracker, limiters });
  const requests = new Set<ServerResponse>();
  const server = createHttpServer(timesOf(limits), (request, response) => {
    requests.add(response);
    if (isStopping) response.shouldKeepAlive = false;
    limitResponseTime(response, limits.answerMs);
    response.once("close", () => requests.delete(response));
    handle(request, response).catch((error: unknown) => {
      log.error({ err: toLoggedError(error) }, "A request failed outside of GraphQL");
      response.destroy();
    });
  });
  refuseMalformedRequests(server, { isAnswering: trackPipelinedResponses(server), tracker, rates: limiters.rates });
  // a server may do without what is expected of it (RFC 9110 §10.1.1)
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  const maxPerNetwork = isLocal ? Number.POSITIVE_INFINITY : limits.addressConnections;
  limitConnections(server, { max: limits.connections, maxPerNetwork, networkOf, log });
  const webSocket = serveWebSocket(server, yoga, options, limiters);
  await listen(server, host, port);
  return {
    url: urlOf(server, host),
    async stop() {
      isStopping = true;
      limiters.admission.close();
      for (const response of requests) response.shouldKeepAlive = false;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await settle(() => [...requests].some(isNotStream) || !limiters.admission.isIdle(), limits.shutdownGraceMs);
      await webSocket.close();
      await options.endStreams();
      await settle(() => requests.size > 0, CLOSE_GRACE_MS);
      server.closeAllConnections();
      await closed;
      await yoga.dispose();
    },
  };
}

/** Whoever sends a request drop by drop holds a connection, and no longer than this. */
function timesOf({ headersMs, bodyMs }: Limits) {
  const headersTimeout = Math.min(headersMs, bodyMs);
  const connectionsCheckingInterval = Math.min(5_000, Math.ceil(headersTimeout / 2));
  return { headersTimeout, requestTimeout: bodyMs, connectionsCheckingInterval };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}${GRAPHQL_PATH}`;
}

/** Waits for what is under way, but not for longer than given. */
async function settle(isUnderWay: () => boolean, graceMs: number): Promise<void> {
  const end = Date.now() + graceMs;
  while (Date.now() < end && isUnderWay()) await sleep(20);
}

/** Answers are written whole: one that has begun and not ended is a stream, which does not end by itself. */
function isNotStream({ headersSent, writableEnded }: ServerResponse): boolean {
  return !headersSent || writableEnded;
}
