import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { GraphQLSchema } from "graphql";
import type { Limits } from "../config/load-config.js";
import { toLoggedError } from "../util/logged-error.js";
import { serveApi } from "./http/api-handler.js";
import { createHealthEndpoints } from "./http/health.js";
import { createHttpHandler } from "./http/http-handler.js";
import { refuseMalformedRequests } from "./http/malformed-request.js";
import { createMetricsEndpoint } from "./http/metrics-endpoint.js";
import type { MountedApi } from "./http/mounted-api.js";
import { isPacedByProgress } from "./http/paced-responses.js";
import { trackPipelinedResponses } from "./http/pipelined-responses.js";
import { createPreparedEntry } from "./http/prepared-entry.js";
import { limitRequestTime } from "./http/request-time.js";
import type { EntryPointServices, Limiters } from "./kit/services.js";
import { Admission } from "./limits/admission.js";
import { limitConnections } from "./limits/connections.js";
import { MemoryBudget } from "./limits/memory-budget.js";
import { createRateLimits, NO_RATE_LIMITS } from "./limits/rate-limits.js";
import { StreamCounter } from "./limits/stream-counter.js";
import { TransferCounter } from "./limits/transfer-counter.js";
import { readConsoleFiles } from "./pages/console-files.js";
import { findAssets, findConsole } from "./pages/console-page.js";
import { findGraphiql } from "./pages/graphiql-page.js";
import { findMlflowLink } from "./pages/mlflow-links.js";
import { type FindPage, firstPage } from "./pages/pages.js";
import { findSignInSettings, type SignIn } from "./pages/sign-in-settings.js";
import { CLOSE_GRACE_MS } from "./websocket/close-codes.js";
import { serveWebSocket } from "./websocket/websocket-server.js";
import { createYogaServer, GRAPHQL_PATH, type Yoga } from "./yoga.js";

export interface ServerOptions extends EntryPointServices {
  readonly schema: GraphQLSchema;
  /** An API beside GraphQL; null: there is none. */
  readonly api: MountedApi | null;
  /** The folder of the built pages. */
  readonly consoleFolder: string;
  /** How people sign in at an issuer; null: with a token only. */
  readonly signIn: SignIn | null;
  readonly host: string;
  readonly port: number;
  /** Rejects when the database does not respond. */
  ping(): Promise<void>;
  /** Ends the streams that wait for events, when the server stops. */
  endStreams(): Promise<void>;
}

export interface RunningServer {
  /** The GraphQL endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens both entry points, HTTP and WebSocket. Rejects with node's own error if it cannot listen. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { schema, config, isLocal, host, port } = options;
  const { limits } = config;
  let isStopping = false;
  const limiters = createLimiters(limits, isLocal);
  const yoga = createYogaServer(schema, options, limiters);
  const findPage = await openPages(options);
  const handle = createRequestListener(options, { yoga, limiters, findPage, isStopping: () => isStopping });
  const responses = new Set<ServerResponse>();
  const server = createHttpServer(timeoutsOf(limits), (request, response) => {
    responses.add(response);
    response.once("close", () => responses.delete(response));
    if (isStopping) response.shouldKeepAlive = false;
    handle(request, response);
  });
  limitRequestTime(server, limits.bodyMs);
  limitClients(server, options, limiters);
  const webSocket = serveWebSocket(server, yoga, options, limiters);
  await listen(server, host, port);
  return {
    url: urlOf(server, host),
    async stop() {
      isStopping = true;
      limiters.admission.close();
      for (const response of responses) response.shouldKeepAlive = false;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await settle(() => [...responses].some(isNotStream) || !limiters.admission.isIdle(), limits.shutdownGraceMs);
      await webSocket.close();
      await options.endStreams();
      await settle(() => responses.size > 0, CLOSE_GRACE_MS);
      server.closeAllConnections();
      await closed;
      await yoga.dispose();
    },
  };
}

function createLimiters(limits: Limits, isLocal: boolean): Limiters {
  const memory = new MemoryBudget(limits);
  return {
    memory,
    rates: isLocal ? NO_RATE_LIMITS : createRateLimits(limits),
    admission: new Admission(limits, memory),
    streams: new StreamCounter(limits.subscriptionsPerViewer),
    transfers: new TransferCounter(limits.transfers),
  };
}

/** What a browser may open: the console, and in local mode GraphiQL. Both are of one build. */
async function openPages({ consoleFolder, isLocal, config, signIn }: ServerOptions): Promise<FindPage> {
  const files = config.console || isLocal ? await readConsoleFiles(consoleFolder) : new Map();
  return firstPage([
    ...(isLocal ? [findGraphiql(files)] : []),
    findSignInSettings(signIn),
    findAssets(files),
    ...(config.console ? [findMlflowLink, findConsole(files, { signIn, mode: isLocal ? "local" : "team" })] : []),
  ]);
}

type Engine = {
  readonly yoga: Yoga;
  readonly limiters: Limiters;
  readonly findPage: FindPage;
  isStopping(): boolean;
};

/** What node:http calls for each request. */
function createRequestListener(options: ServerOptions, { yoga, limiters, findPage, isStopping }: Engine) {
  const { config, isLocal, log, metrics, ping, tracker } = options;
  const { corsOrigins } = config;
  const { answerMs, bodyBytes } = config.limits;
  const serveHealth = createHealthEndpoints({ isStopping, ping });
  const serveMetrics = createMetricsEndpoint({ isLocal, token: config.metricsToken, ...metrics });
  const health: typeof serveHealth = async (path, response) =>
    (await serveHealth(path, response)) || (await serveMetrics(path, response));
  const api = options.api && serveApi(options.api, options, limiters);
  const entry = createPreparedEntry(options, limiters);
  const handle = createHttpHandler({
    yoga,
    isLocal,
    corsOrigins,
    bodyBytes,
    answerMs,
    health,
    log,
    tracker,
    limiters,
    entry,
    api,
    findPage,
  });

  return (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      log.error({ err: toLoggedError(error) }, "A request failed outside of GraphQL");
      response.destroy();
    });
  };
}

/** Limits what a client may do before its request is read. */
function limitClients(server: Server, options: ServerOptions, { rates }: Limiters): void {
  const { config, isLocal, log, networkOf, tracker } = options;
  const { connections: max, addressConnections } = config.limits;
  refuseMalformedRequests(server, { isAnswering: trackPipelinedResponses(server), tracker, rates });
  server.on("checkContinue", (request, response) => {
    // a body that will be refused need not be sent
    if (Number(request.headers["content-length"] ?? 0) <= config.limits.bodyBytes) response.writeContinue();
    server.emit("request", request, response);
  });
  // a server may ignore an expectation (RFC 9110 §10.1.1)
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  const maxPerNetwork = isLocal ? Number.POSITIVE_INFINITY : addressConnections;
  limitConnections(server, { max, maxPerNetwork, networkOf, log });
}

/**
 * How long a client may take to send a request, byte by byte, and how long it may be idle between two: it holds a connection
 * meanwhile.
 */
function timeoutsOf({ headersMs, bodyMs, keepAliveMs }: Limits) {
  const headersTimeout = Math.min(headersMs, bodyMs);
  const connectionsCheckingInterval = Math.min(5_000, Math.ceil(headersTimeout / 2));
  // the time of bodies is limited by limitRequestTime
  return { headersTimeout, requestTimeout: 0, connectionsCheckingInterval, keepAliveTimeout: keepAliveMs };
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

/** Waits while the work goes on, at most the given time. */
async function settle(isUnderWay: () => boolean, graceMs: number): Promise<void> {
  const end = Date.now() + graceMs;
  while (Date.now() < end && isUnderWay()) await sleep(20);
}

/** Responses are written in one piece, except files: one that has begun and not ended is a stream, which does not end by itself. */
function isNotStream(response: ServerResponse): boolean {
  return !response.headersSent || response.writableEnded || isPacedByProgress(response);
}
