import type { Socket } from "node:net";
import { CloseCode } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { Viewer } from "../../domain/access/actor.js";
import type { UnauthenticatedError } from "../../domain/errors.js";
import { toLoggedError } from "../../util/logged-error.js";
import type { ClientInfo } from "../requests/client-info.js";
import { CLOSE_GRACE_MS, toCloseReason } from "./close-codes.js";
import { IdReuseGuard } from "./id-reuse.js";

/** One socket, as graphql-ws asks for it, and all that is held of its client beside the operations. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly operations = new IdReuseGuard(this);
  readonly openedAt = performance.now();
  info: ClientInfo;
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
  isPongDue = false;
  private readonly log: Logger;
  private take: (text: string) => Promise<void> = async () => {};

  constructor(socket: WebSocket, stream: Socket, { info, authorization, log }: Handshake & { log: Logger }) {
    this.socket = socket;
    this.stream = stream;
    this.info = info;
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
    this.close(CloseCode.SubscriberAlreadyExists, toCloseReason(`Subscriber for ${id} already exists`));
  }

  fail(error: unknown): void {
    this.log.error({ err: toLoggedError(error) }, "A message of a socket failed outside of GraphQL");
    this.close(CloseCode.InternalServerError, "Internal server error");
  }

  /** Its token does not count any more. Its streams say so first. */
  end({ reason, message }: UnauthenticatedError): void {
    const why = reason === "expired" ? "the token has expired" : message;
    setTimeout(() => this.close(CloseCode.Forbidden, toCloseReason(`Forbidden: ${why}`)), CLOSE_GRACE_MS).unref();
  }
}

/** What a handshake says. */
interface Handshake {
  readonly info: ClientInfo;
  readonly authorization: string | undefined;
}

/** One that has said whose it is. */
export function isAuthenticated(client: SocketClient): client is SocketClient & { viewer: Viewer } {
  return client.viewer !== null;
}
