import type { Server } from "node:http";
import { CloseCode, type Context, type SubscribePayload } from "graphql-ws";
import { WebSocketServer } from "ws";
import type { Viewer } from "../domain/actor.js";
import { RateLimitedError, RegistryError, UnauthenticatedError } from "../domain/errors.js";
import { spread } from "../domain/spread.js";
import { authenticate } from "./authenticate.js";
import { GOING_AWAY, LAST_WORDS_MS, NORMAL_CLOSURE, toReason } from "./close-codes.js";
import type { DoorServices, Guards } from "./services.js";
import { waitForSlowReaders } from "./slow-readers.js";
import { followSockets } from "./socket-log.js";
import { createSocketOperations } from "./socket-operations.js";
import { type Extra, speakProtocol } from "./socket-protocol.js";
import { limitUnknownSockets } from "./unknown-sockets.js";
import { acceptUpgrades } from "./upgrade.js";
import type { Yoga } from "./yoga.js";

type Owned = { [key: PropertyKey]: unknown; viewer?: Viewer; expiry?: NodeJS.Timeout; idle?: NodeJS.Timeout };
type Socket = Extra & Owned;
type SocketContext = Context<Record<string, unknown> | undefined, Socket>;

const MAX_TIMER_MS = 2 ** 31 - 1;

/** graphql-ws on the path of the HTTP door, through the same engine. */
export function serveWebSocket(server: Server, yoga: Yoga, services: DoorServices, guards: Guards) {
  const { config, isLocal, log } = services;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: config.limits.frameBytes });
  const operations = createSocketOperations(yoga, services, guards);
  const followed = followSockets(sockets, services);
  const unknown = limitUnknownSockets(sockets, config.limits.greetingBytes);
  waitForSlowReaders(sockets, config.limits.frameBytes);

  function greeted(socket: Extra["socket"], viewer: Viewer): void {
    unknown.greeted(socket);
    followed.greeted(socket, viewer);
  }

  async function onConnect(context: SocketContext): Promise<boolean> {
    const isLetIn = await greet(context, { ...services, ...guards, greeted });
    if (!isLetIn) return false;
    forgetToken(context);
    closeWhenIdle(context, config.limits.idleSocketMs);
    return true;
  }

  function onSubscribe({ extra, subscriptions, connectionParams }: SocketContext, payload: SubscribePayload) {
    const visit = services.visits.beginOperation(extra.request, payload.extensions, connectionParams);
    return operations.open(visit, payload, () => {
      guards.admission.requireOpen();
      if (!extra.viewer) throw new UnauthenticatedError("The connection was not initialised.", "missing");
      services.sessions.require(extra.viewer);
      requireRoom(Object.keys(subscriptions).length, config.limits.subscriptionsPerSocket);
      return extra.viewer;
    });
  }

  speakProtocol<Record<string, unknown> | undefined, Owned>(
    sockets,
    {
      connectionInitWaitTimeout: config.limits.connectionInitTimeoutMs,
      onConnect: (context) => onConnect(context as SocketContext),
      onComplete: ({ extra }) => void (extra as Socket).idle?.refresh(),
      onSubscribe: (context, _id, payload) => onSubscribe(context as SocketContext, payload) as never,
      execute: (args) => operations.run(args, "execute") as never,
      subscribe: (args) => operations.run(args, "subscribe") as never,
    },
    { pingMs: config.limits.pingMs, log: services.log },
  );
  const { visits, addressOf } = services;
  acceptUpgrades(server, sockets, { isLocal, corsOrigins: config.corsOrigins, log, visits, addressOf, ...guards });
  return { close: () => closeAll(sockets) };
}

type GreetServices = DoorServices & Guards & Pick<ReturnType<typeof followSockets>, "greeted">;

/** Takes the token of `connection_init`, or else of the handshake; without a good one the socket is closed. */
async function greet(
  { connectionParams, extra }: SocketContext,
  { verifier, sessions, now, visits, greeted, rates, addressOf }: GreetServices,
): Promise<boolean> {
  const { socket, request } = extra;
  const given = connectionParams?.authorization ?? connectionParams?.Authorization;
  try {
    const authorization = typeof given === "string" ? given : request.headers.authorization;
    extra.viewer = await authenticate(verifier, authorization, () => rates.countRefusedToken(addressOf(request)));
  } catch (error) {
    visits.refuse(error);
    const reason = error instanceof RegistryError ? error.message : "Forbidden";
    socket.close(CloseCode.Forbidden, toReason(reason));
    return false;
  }
  // it may have left while its token was verified, and its close has been heard by then
  if (socket.readyState !== socket.OPEN) return false;
  greeted(socket, extra.viewer);
  closeAtExpiry(extra, extra.viewer.expiresAt, now);
  const leave = sessions.add(extra.viewer, (reason) => {
    setTimeout(() => socket.close(CloseCode.Forbidden, toReason(`Forbidden: ${reason}`)), LAST_WORDS_MS).unref();
  });
  socket.once("close", () => {
    clearTimeout(extra.expiry);
    leave();
  });
  return true;
}

/** A token is not held for as long as its socket is open. */
function forgetToken(context: { connectionParams?: SocketContext["connectionParams"]; readonly extra: Socket }): void {
  const { authorization, Authorization, ...others } = context.connectionParams ?? {};
  context.connectionParams = others;
  delete context.extra.request.headers.authorization;
  context.extra.request.rawHeaders = [];
}

function closeAtExpiry(extra: Socket, expiresAt: Date, now: () => Date): void {
  if (extra.socket.readyState !== extra.socket.OPEN) return;
  const left = Math.max(0, expiresAt.getTime() - now().getTime()) + LAST_WORDS_MS;
  const expire = () => extra.socket.close(CloseCode.Forbidden, "Forbidden: the token has expired");
  const wake = left > MAX_TIMER_MS ? () => closeAtExpiry(extra, expiresAt, now) : expire;
  extra.expiry = setTimeout(wake, Math.min(left, MAX_TIMER_MS)).unref();
}

/** Since the last operation ended: a socket that holds none is of no use to anybody. */
function closeWhenIdle({ extra, subscriptions }: SocketContext, idleMs: number): void {
  extra.idle = setTimeout(() => {
    if (Object.keys(subscriptions).length > 0) extra.idle?.refresh();
    else extra.socket.close(NORMAL_CLOSURE, "Idle");
  }, idleMs).unref();
  extra.socket.once("close", () => clearTimeout(extra.idle));
}

function requireRoom(open: number, max: number): void {
  if (open > max) throw new RateLimitedError(`This socket has ${max} operations open, and may have no more.`);
}

const CLOSE_MS = 1_000;

/** Tells every client that the server goes away (1001), and does not wait for those who do not listen. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  await spread([...sockets.clients].map((socket) => () => socket.close(GOING_AWAY, "Going away")));
  const impatient = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_MS);
  await new Promise((resolve) => sockets.close(resolve));
  clearTimeout(impatient);
}
