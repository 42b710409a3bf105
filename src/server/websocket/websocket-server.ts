import type { IncomingMessage, Server } from "node:http";
import { CloseCode, type Context, type ServerOptions } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { RateLimitedError, RegistryError, UnauthenticatedError } from "../../domain/errors.js";
import { stagger } from "../../util/stagger.js";
import { authenticate } from "../kit/authenticate.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { clientInfoOf } from "../requests/client-info.js";
import { traceHeadersOf } from "../requests/trace-headers.js";
import type { Yoga } from "../yoga.js";
import { GOING_AWAY, toCloseReason } from "./close-codes.js";
import { startHeartbeat } from "./heartbeat.js";
import { isAuthenticated, SocketClient } from "./socket-client.js";
import { createSocketLog } from "./socket-log.js";
import { createSocketOperations } from "./socket-operations.js";
import { type Params, serveProtocol } from "./socket-protocol.js";
import { acceptUpgrades } from "./upgrade.js";

type SocketContext = Omit<Context<Params, SocketClient>, "connectionParams"> & { connectionParams?: Params };

/** Serves graphql-transport-ws on the path and through the GraphQL engine of the HTTP entry point. */
export function serveWebSocket(server: Server, yoga: Yoga, services: EntryPointServices, limiters: Limiters) {
  const { config, isLocal, log, tracker, addressOf } = services;
  const { corsOrigins, limits } = config;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes });
  const clients = new Set<SocketClient>();
  serveProtocol(sockets, protocolOptions(yoga, services, limiters), {
    log,
    memory: limiters.memory,
    unreadBytes: limits.frameBytes,
    greetingBytes: limits.greetingBytes,
    ...trackClients(clients, services),
  });
  acceptUpgrades(server, sockets, { isLocal, corsOrigins, tracker, addressOf, ...limiters });
  const stopHeartbeat = startHeartbeat(clients, limits);
  return {
    async close() {
      await closeAll(sockets);
      stopHeartbeat();
    },
  };
}

/** What graphql-ws calls for the messages of a socket. */
function protocolOptions(
  yoga: Yoga,
  services: EntryPointServices,
  limiters: Limiters,
): ServerOptions<Params, SocketClient> {
  const { tracker, sessions } = services;
  const { connectionInitTimeoutMs, subscriptionsPerSocket } = services.config.limits;
  const operations = createSocketOperations(yoga, services, limiters);
  const socketLog = createSocketLog(services);
  return {
    connectionInitWaitTimeout: connectionInitTimeoutMs,
    async onConnect(context: SocketContext): Promise<boolean> {
      const client = context.extra;
      await authenticateSocket(client, context.connectionParams, { ...services, ...limiters });
      // drops the token, which the context would keep for as long as the socket is open
      client.authorization = undefined;
      delete context.connectionParams;
      // it may have closed while its token was verified, and the close event is past
      if (!isAuthenticated(client) || !client.isOpen) return false;
      socketLog.authenticated(client);
      client.idleSince = performance.now();
      sessions.add(client);
      return true;
    },
    onSubscribe({ extra: client, subscriptions }, _id, payload) {
      const record = tracker.beginOperation(client.info, client.messageBytes, payload.extensions);
      return operations.prepare(record, payload, () => {
        limiters.admission.requireOpen();
        if (!client.viewer) throw new UnauthenticatedError("The connection was not initialised.", "missing");
        sessions.require(client.viewer);
        requireRoom(Object.keys(subscriptions).length, subscriptionsPerSocket);
        return client.viewer;
      });
    },
    onComplete({ extra: client }) {
      client.idleSince = performance.now();
    },
    execute: (args) => operations.run(args, "execute"),
    subscribe: (args) => operations.run(args, "subscribe"),
  };
}

/** Keeps the set of open sockets, and ends the session of each that closes. */
function trackClients(clients: Set<SocketClient>, services: EntryPointServices) {
  const { log, sessions, addressOf } = services;
  const socketLog = createSocketLog(services);
  return {
    opened(socket: WebSocket, request: IncomingMessage): SocketClient {
      const { authorization } = request.headers;
      const info = clientInfoOf(request, addressOf);
      const client = new SocketClient(socket, request.socket, { info, authorization, log });
      clients.add(client);
      socketLog.opened();
      return client;
    },
    closed(client: SocketClient, code: number): void {
      clients.delete(client);
      if (isAuthenticated(client)) sessions.remove(client);
      socketLog.closed(client, code);
    },
  };
}

/** Verifies the token of `connection_init`, or else that of the handshake. Closes the socket if it is missing or refused. */
async function authenticateSocket(
  client: SocketClient,
  params: Params,
  { verifier, tracker, rates }: EntryPointServices & Limiters,
) {
  const given = params?.authorization ?? params?.Authorization;
  const { info } = client;
  try {
    const authorization = typeof given === "string" ? given : client.authorization;
    client.viewer = await authenticate(verifier, authorization, () => rates.countRefusedToken(info.address));
    client.info = { ...info, trace: traceHeadersOf(params) ?? info.trace };
  } catch (error) {
    tracker.recordRefusedToken(error);
    const reason = error instanceof RegistryError ? error.message : "Forbidden";
    client.close(CloseCode.Forbidden, toCloseReason(reason));
  }
}

function requireRoom(open: number, max: number): void {
  if (open > max) throw new RateLimitedError(`This socket has ${max} operations open; at most ${max} are allowed.`);
}

const CLOSE_TIMEOUT_MS = 1_000;

/** Closes every socket with 1001 (going away), and terminates those whose clients do not answer in time. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  await stagger([...sockets.clients].map((socket) => () => socket.close(GOING_AWAY, "Going away")));
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_TIMEOUT_MS);
  await new Promise((resolve) => sockets.close(resolve));
  clearTimeout(timer);
}
