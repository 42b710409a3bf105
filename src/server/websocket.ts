import type { Server } from "node:http";
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from "graphql";
import { CloseCode, type Context, GRAPHQL_TRANSPORT_WS_PROTOCOL, type SubscribePayload } from "graphql-ws";
import { type Extra, useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Viewer } from "../domain/actor.js";
import { InvalidDocumentError, RateLimitedError, RegistryError } from "../domain/errors.js";
import { toClientError } from "../graphql/errors.js";
import { authenticate } from "./authenticate.js";
import type { OpenStreams } from "./open-streams.js";
import { requestIdOf } from "./request-id.js";
import { logRequest } from "./request-log.js";
import { codesOf, isStream, toClientResult, toClientStream } from "./results.js";
import type { DoorServices } from "./services.js";
import { acceptUpgrades } from "./upgrade.js";
import type { Yoga } from "./yoga.js";

type Owned = { [key: PropertyKey]: unknown; viewer?: Viewer; expiry?: NodeJS.Timeout };
type Socket = Extra & Owned;
type SocketContext = Context<Record<string, unknown> | undefined, Socket>;
type Run = (args: ExecutionArgs) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;

interface Asked {
  readonly requestId: string;
  readonly startedAt: number;
  readonly operationName: string | null;
}

interface Operation extends Asked {
  readonly viewer: Viewer;
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
      closeAtExpiry(context.extra, viewer.expiresAt.getTime());
      return true;
    } catch (error) {
      const reason = error instanceof RegistryError ? error.message : "Forbidden";
      socket.close(CloseCode.Forbidden, reason.slice(0, 120));
      return false;
    }
  }

  function closeAtExpiry(extra: Socket, expiresAt: number): void {
    const left = expiresAt - now().getTime() + LAST_WORDS_MS;
    const expire = () => extra.socket.close(CloseCode.Forbidden, "Forbidden: the token has expired");
    const wake = left > MAX_TIMER_MS ? () => closeAtExpiry(extra, expiresAt) : expire;
    extra.expiry = setTimeout(wake, Math.min(left, MAX_TIMER_MS)).unref();
  }

  async function onSubscribe(context: SocketContext, _id: string, payload: SubscribePayload) {
    const { viewer, request } = context.extra;
    const requestId = requestIdOf(request.headers["x-request-id"]?.toString());
    const { operationName = null } = payload;
    const startedAt = now().getTime();
    try {
      if (!viewer) throw new UnauthenticatedError("The connection was not initialised.");
      if (now() >= viewer.expiresAt) throw new UnauthenticatedError("The token has expired.");
      requireRoom(context);
      const engine = yoga.getEnveloped({ viewer, requestId });
      const document = engine.parse(payload.query);
      const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
      if (errors.length > 0)
        return note({ requestId, startedAt, operationName }, toClientResult({ errors }, requestId, log)).errors;
      requireOperation(document, payload.operationName);
      const contextValue: object = await engine.contextFactory();
      operations.set(contextValue, {
        ...{ viewer, requestId, startedAt, operationName },
        execute: engine.execute as Run,
        subscribe: engine.subscribe as Run,
      });
      return {
        schema: engine.schema,
        document,
        operationName,
        variableValues: payload.variables ?? null,
        contextValue,
      };
    } catch (error) {
      return note({ requestId, startedAt, operationName }, { errors: [toClientError(error, requestId, log)] }).errors;
    }
  }

  function note(operation: Asked, result: ExecutionResult): ExecutionResult {
    const { requestId, startedAt, operationName } = operation;
    const ms = now().getTime() - startedAt;
    logRequest(log, { requestId, method: "WS", ms, operationName, codes: codesOf(result) });
    return withoutStatus(result);
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
      if (!isStream(result)) return note(operation, toClientResult(result, requestId, log));
      const stream = toClientStream(result, { ...operation, log, open });
      note(operation, {});
      return stream;
    } catch (error) {
      return note(operation, { errors: [toClientError(error, requestId, log)] });
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

  acceptUpgrades(server, sockets, { isLocal, corsOrigins: config.corsOrigins, log });

  return { close: () => closeAll(sockets, async () => served.dispose()) };
}

/** Graphql-ws refuses these itself, but without a code; the sentence is that of the other door. */
function requireOperation(document: DocumentNode, name: string | null | undefined): void {
  if (!getOperationAST(document, name))
    throw new InvalidDocumentError("Could not determine what operation to execute.");
}

/** Yoga notes on an error which HTTP status it asks for; here there is none to choose. */
function withoutStatus(result: ExecutionResult): ExecutionResult {
  for (const { extensions } of result.errors ?? []) delete extensions.http;
  return result;
}

const CLOSE_MS = 1_000;

/** Tells every client that the server goes away (1001), and does not wait for those who do not listen. */
async function closeAll(sockets: WebSocketServer, dispose: () => Promise<void>): Promise<void> {
  const impatient = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_MS);
  await dispose().finally(() => clearTimeout(impatient));
}
