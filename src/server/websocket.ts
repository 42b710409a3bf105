import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from "graphql";
import { CloseCode, type Context, GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from "graphql-ws";
import { type Extra, useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Viewer } from "../domain/actor.js";
import { RateLimitedError, RegistryError } from "../domain/errors.js";
import { toClientError } from "../graphql/errors.js";
import { authenticate } from "./authenticate.js";
import { isAllowedHost, isAllowedOrigin } from "./names.js";
import type { OpenStreams } from "./open-streams.js";
import { requestIdOf } from "./request-id.js";
import { isStream, toClientResult, toClientStream } from "./results.js";
import type { DoorServices } from "./services.js";
import { GRAPHQL_PATH, type Yoga } from "./yoga.js";

type Owned = { [key: PropertyKey]: unknown; viewer?: Viewer; expiry?: NodeJS.Timeout };
type Socket = Extra & Owned;
type SocketContext = Context<Record<string, unknown> | undefined, Socket>;
type Run = (args: ExecutionArgs) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;

interface Operation {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly execute: Run;
  readonly subscribe: Run;
}

/** The socket outlives its streams by this much, so that each can say why it ended. */
const LAST_WORDS_MS = 500;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** graphql-ws on the path of the HTTP door, through the same engine. */
export function serveWebSocket(server: Server, yoga: Yoga, services: DoorServices, open: OpenStreams) {
  const { config, isLocal, verifier, log, now } = services;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: config.limits.frameBytes,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  const operations = new WeakMap<object, Operation>();

  async function onConnect(context: SocketContext): Promise<boolean> {
    const { socket, request } = context.extra;
    const given = context.connectionParams?.authorization ?? context.connectionParams?.Authorization;
    try {
      const viewer = await authenticate(verifier, typeof given === "string" ? given : request.headers.authorization);
      context.extra.viewer = viewer;
      const left = viewer.expiresAt.getTime() - now().getTime() + LAST_WORDS_MS;
      const expire = () => socket.close(CloseCode.Forbidden, "Forbidden: the token has expired");
      context.extra.expiry = setTimeout(expire, Math.min(left, MAX_TIMER_MS)).unref();
      return true;
    } catch (error) {
      const reason = error instanceof RegistryError ? error.message : "Forbidden";
      socket.close(CloseCode.Forbidden, reason.slice(0, 120));
      return false;
    }
  }

  async function onSubscribe(context: SocketContext, _id: string, payload: SubscribePayload) {
    const { viewer, request } = context.extra;
    const requestId = requestIdOf(request.headers["x-request-id"]?.toString());
    try {
      if (!viewer) throw new GraphQLError("The connection was not initialised.");
      requireRoom(context);
      const engine = yoga.getEnveloped({ viewer, requestId });
      const document = engine.parse(payload.query);
      const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
      if (errors.length > 0) return errors.map((error) => toClientError(error, requestId, log));
      const contextValue: object = await engine.contextFactory();
      operations.set(contextValue, {
        viewer,
        requestId,
        execute: engine.execute as Run,
        subscribe: engine.subscribe as Run,
      });
      return {
        schema: engine.schema,
        document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? null,
        contextValue,
      };
    } catch (error) {
      return [toClientError(error, requestId, log)];
    }
  }

  function requireRoom(context: SocketContext): void {
    const max = config.limits.subscriptionsPerSocket;
    if (Object.keys(context.subscriptions).length > max) {
      throw new RateLimitedError(`This socket has ${max} operations open, and may have no more.`);
    }
  }

  async function run(args: ExecutionArgs, kind: "execute" | "subscribe") {
    const operation = operations.get(args.contextValue as object) as Operation;
    const { requestId } = operation;
    try {
      const result = await operation[kind](args);
      return isStream(result)
        ? toClientStream(result, { ...operation, log, open })
        : toClientResult(result, requestId, log);
    } catch (error) {
      return { errors: [toClientError(error, requestId, log)] };
    }
  }

  const served = useServer<Record<string, unknown> | undefined, Owned>(
    {
      connectionInitWaitTimeout: config.limits.connectionInitTimeoutMs,
      onConnect: (context) => onConnect(context as SocketContext),
      onSubscribe: (context, id, payload) => onSubscribe(context as SocketContext, id, payload) as never,
      onDisconnect: ({ extra }) => clearTimeout((extra as Socket).expiry),
      execute: (args) => run(args, "execute") as never,
      subscribe: (args) => run(args, "subscribe") as never,
    },
    sockets,
  );

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? "").split("?", 1)[0];
    const { host, origin } = request.headers;
    if (path !== GRAPHQL_PATH) return refuseUpgrade(socket, "404 Not Found");
    if (!isAllowedHost(isLocal, host)) return refuseUpgrade(socket, "421 Misdirected Request");
    if (!isAllowedOrigin(isLocal, config.corsOrigins, origin)) return refuseUpgrade(socket, "403 Forbidden");
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit("connection", webSocket, request));
  });

  return { close: () => closeAll(sockets, async () => served.dispose()) };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

const CLOSE_MS = 1_000;

/** Tells every client that the server goes away (1001), and does not wait for those who do not listen. */
async function closeAll(sockets: WebSocketServer, dispose: () => Promise<void>): Promise<void> {
  const impatient = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_MS);
  await dispose().finally(() => clearTimeout(impatient));
}
