import type { Socket } from "node:net";
import { CloseCode } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { Viewer } from "../../domain/access/actor.js";
import type { UnauthenticatedError } from "../../domain/errors.js";
import { toLoggedError } from "../../util/logged-error.js";
import type { Caller } from "../requests/client-info.js";
import { LAST_WORDS_MS, toReason } from "./close-codes.js";
import { OperationOrder } from "./id-reuse.js";

/** One socket, as graphql-ws asks for it, and all that is held of its client beside the operations. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly operations = new OperationOrder(this);
  readonly openedAt = performance.now();
  caller: Caller;
  /** The token of the handshake, until the client has said whose it is. */
  authorization: string | undefined;
  /** Null until a token was taken. */
  viewer: Viewer | null = null;
  /** When its last operation ended, on the clock of `performance.now`; so is the next. */
  idleSince = this.openedAt;
  pingedAt = this.openedAt;
  /** Of the message that is being taken. */
  messageBytes = 0;
  /** It has not answered the last ping. */
  isSilent = false;
  private readonly log: Logger;
  private take: (text: string) => Promise<void> = async () => {};

  constructor(socket: WebSocket, stream: Socket, { caller, authorization, log }: Greeting & { log: Logger }) {
    this.socket = socket;
    this.stream = stream;
    this.caller = caller;
    this.authorization = authorization;
    this.log = log;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** What cannot be sent any more is of no use to anybody: the socket is closed, and its operations end with it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOpen) this.socket.send(text, () => resolve());
      else resolve();
    });
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  onMessage(take: (text: string) => Promise<void>): void {
    this.take = take;
  }

  handle(text: string): Promise<void> {
    this.messageBytes = Buffer.byteLength(text);
    return this.isOpen ? this.take(text) : Promise.resolve();
  }

  refuse(id: string): void {
    this.close(CloseCode.SubscriberAlreadyExists, toReason(`Subscriber for ${id} already exists`));
  }

  fail(error: unknown): void {
    this.log.error({ err: toLoggedError(error) }, "A message of a socket failed outside of GraphQL");
    this.close(CloseCode.InternalServerError, "Internal server error");
  }

  /** Its token does not count any more. Its streams say so first. */
  end({ reason, message }: UnauthenticatedError): void {
    const why = reason === "expired" ? "the token has expired" : message;
    setTimeout(() => this.close(CloseCode.Forbidden, toReason(`Forbidden: ${why}`)), LAST_WORDS_MS).unref();
  }
}

/** What a handshake says. */
interface Greeting {
  readonly caller: Caller;
  readonly authorization: string | undefined;
}

/** One that has said whose it is. */
export function isGreeted(client: SocketClient): client is SocketClient & { viewer: Viewer } {
  return client.viewer !== null;
}
