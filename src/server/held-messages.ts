import type { IncomingMessage } from "node:http";
import type { WebSocket, WebSocketServer } from "ws";
import type { Actor, Viewer } from "../domain/actor.js";
import { LAST_WORDS_MS, TRY_AGAIN_LATER } from "./close-codes.js";
import type { HeldBytes } from "./held-bytes.js";
import { once } from "./once.js";

/** Messages that are no longer than this are not counted: all sockets together may hold as much of them. */
const SHORT = 64 * 1024;
/** What a control frame of a client has besides what it says (RFC 6455 §5.2): it comes between pieces of a message. */
const CONTROL_BYTES = 6;

/** What a socket holds of a message that is not whole yet. */
class Unfinished {
  private received = 0;
  private counted = 0;
  private readonly actor: Actor;
  private readonly held: HeldBytes;

  constructor(actor: Actor, held: HeldBytes) {
    this.actor = actor;
    this.held = held;
  }

  /** Says whether there is room for these bytes. */
  receive(bytes: number): boolean {
    this.received += bytes;
    if (this.received <= SHORT) return true;
    const more = Math.max(0, this.received - this.counted);
    if (!this.held.take(this.actor, more)) return false;
    this.counted += more;
    return true;
  }

  /** These were of no message. */
  passOver(bytes: number): void {
    this.received = Math.max(0, this.received - bytes);
  }

  end(): void {
    this.held.giveBack(this.actor, this.counted);
    this.received = 0;
    this.counted = 0;
  }
}

/**
 * Closes sockets that send more than their principal may have held: messages that never become whole, on as many sockets
 * as one opens, and long ones that wait for their turn.
 */
export function limitHeldMessages(sockets: WebSocketServer, held: HeldBytes) {
  const unfinished = new WeakMap<WebSocket, Unfinished>();
  const actors = new WeakMap<WebSocket, Actor>();

  function refuse(socket: WebSocket): void {
    socket.close(TRY_AGAIN_LATER, "More is held of yours than the server can");
    socket.pause();
    setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
  }

  sockets.on("connection", (socket: WebSocket, { socket: stream }: IncomingMessage) => {
    // before ws reads them, so that a message is counted as a whole when it is told
    stream.prependListener("data", (chunk: Buffer) => {
      if (unfinished.get(socket)?.receive(chunk.length) === false) refuse(socket);
    });
    for (const control of ["ping", "pong"] as const)
      socket.on(control, (data) => unfinished.get(socket)?.passOver(data.length + CONTROL_BYTES));
    socket.prependListener("message", () => unfinished.get(socket)?.end());
    socket.once("close", () => unfinished.get(socket)?.end());
  });
  return {
    /** It has said whose it is. */
    greeted(socket: WebSocket, { actor }: Viewer): void {
      actors.set(socket, actor);
      unfinished.set(socket, new Unfinished(actor, held));
    },
    /** Counts a message until it is done with. Returns what to call then; null, and closes the socket, without room. */
    hold(socket: WebSocket, bytes: number): (() => void) | null {
      const actor = actors.get(socket);
      if (!actor || bytes <= SHORT) return () => {};
      if (held.take(actor, bytes)) return once(() => held.giveBack(actor, bytes));
      refuse(socket);
      return null;
    },
  };
}
