import type { Server } from "node:http";
import { CloseCode, type Context, type SubscribePayload } from "graphql-ws";
import { WebSocketServer } from "ws";
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

/** graphql-ws on the path of the HTTP door, through the same engine. */
export function serveWebSocket(server: Server, yoga: Yoga, services: EntryPointServices, limiters: Limiters) {
  const { config, isLocal, log, tracker, sessions, addressOf } = services;
  const { corsOrigins, limits } = config;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes });
  const clients = new Set<SocketClient>();
  const operations = createSocketOperations(yoga, services, limiters);
  const told = createSocketLog(services);

  async function onConnect(context: SocketContext): Promise<boolean> {
    const client = context.extra;
    await authenticateSocket(client, context.connectionParams, { ...services, ...limiters });
    // a token is not held for as long as its socket is open
    client.authorization = undefined;
    delete context.connectionParams;
    // it may have left while its token was verified, and its close has been heard by then
    if (!isAuthenticated(client) || !client.isOpen) return false;
    told.authenticated(client);
    client.idleSince = performance.now();
    sessions.add(client);
    return true;
  }

  function onSubscribe({ extra: client, subscriptions }: SocketContext, payload: SubscribePayload) {
    const record = tracker.beginOperation(client.info, client.messageBytes, payload.extensions);
    return operations.prepare(record, payload, () => {
      limiters.admission.requireOpen();
      if (!client.viewer) throw new UnauthenticatedError("The connection was not initialised.", "missing");
      sessions.require(client.viewer);
      requireRoom(Object.keys(subscriptions).length, limits.subscriptionsPerSocket);
      return client.viewer;
    });
  }

  serveProtocol(
    sockets,
    {
      connectionInitWaitTimeout: limits.connectionInitTimeoutMs,
      onConnect,
      onComplete({ extra }) {
        extra.idleSince = performance.now();
      },
      onSubscribe: (context, _id, payload) => onSubscribe(context, payload) as never,
      execute: (args) => operations.run(args, "execute") as never,
      subscribe: (args) => operations.run(args, "subscribe") as never,
    },
    {
      ...{ log, unreadBytes: limits.frameBytes, greetingBytes: limits.greetingBytes, memory: limiters.memory },
      opened(socket, request) {
        const { authorization } = request.headers;
        const client = new SocketClient(socket, request.socket, {
          info: clientInfoOf(request, addressOf),
          authorization,
          log,
        });
        clients.add(client);
        told.opened();
        return client;
      },
      closed(client, code) {
        clients.delete(client);
        if (isAuthenticated(client)) sessions.remove(client);
        told.closed(client, code);
      },
    },
  );
  acceptUpgrades(server, sockets, { isLocal, corsOrigins, tracker, addressOf, ...limiters });
  const stopSweeping = startHeartbeat(clients, limits);
  return {
    async close() {
      await closeAll(sockets);
      stopSweeping();
    },
  };
}

/** Takes the token of `connection_init`, or else of the handshake; without a good one the socket is closed. */
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
  if (open > max) throw new RateLimitedError(`This socket has ${max} operations open, and may have no more.`);
}

const CLOSE_MS = 1_000;

/** Tells every client that the server goes away (1001), and does not wait for those who do not listen. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  await stagger([...sockets.clients].map((socket) => () => socket.close(GOING_AWAY, "Going away")));
  const impatient = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_MS);
  await new Promise((resolve) => sockets.close(resolve));
  clearTimeout(impatient);
}
