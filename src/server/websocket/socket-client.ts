import type { Socket } from "node:net";
import { CloseCode } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { Viewer } from "../../domain/access/actor.js";
import type { UnauthenticatedError } from "../../domain/errors.js";
import { toLoggedError } from "../../util/logged-error.js";
import type { ClientInfo } from "../requests/client-info.js";
import { CLOSE_GRACE_MS, toCloseReason } from "./close-codes.js";
import { IdReuseGuard, type Received } from "./id-reuse.js";

/** One socket, in the form that graphql-ws requires, and the state of its client. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly operations = new IdReuseGuard(this);
  readonly openedAt = performance.now();
  info: ClientInfo;
  /** The header of the handshake, until `connection_init` arrives. */
  authorization: string | undefined;
  /** Null until a token is verified. */
  viewer: Viewer | null = null;
  /** When the last operation ended, in milliseconds of `performance.now`, as the other times here. */
  idleSince = this.openedAt;
  pingedAt = this.openedAt;
  /** The length of the message that is being processed. */
  messageBytes = 0;
  /** Whether the last ping has not been answered yet. */
  isPongDue = false;
  private readonly log: Logger;
  private listener: (text: string) => Promise<void> = async () => {};

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

  /** Also resolves if the text cannot be sent: the socket is closed then, and its operations end with it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOpen) this.socket.send(text, () => resolve());
      else resolve();
    });
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  onMessage(listener: (text: string) => Promise<void>): void {
    this.listener = listener;
  }

  /** Passes a message on to graphql-ws, which takes a parsed one, too, although its types say text. */
  handle({ content, bytes }: Received): Promise<void> {
    this.messageBytes = bytes;
    return this.isOpen ? this.listener(content as string) : Promise.resolve();
  }

  refuse(id: string): void {
    this.close(CloseCode.SubscriberAlreadyExists, toCloseReason(`Subscriber for ${id} already exists`));
  }

  fail(error: unknown): void {
    this.log.error({ err: toLoggedError(error) }, "A message of a socket failed outside of GraphQL");
    this.close(CloseCode.InternalServerError, "Internal server error");
  }

  /** Closes the socket because its token is no longer valid, after its streams have sent the same reason. */
  end({ reason, message }: UnauthenticatedError): void {
    const why = reason === "expired" ? "the token has expired" : message;
    setTimeout(() => this.close(CloseCode.Forbidden, toCloseReason(`Forbidden: ${why}`)), CLOSE_GRACE_MS).unref();
  }
}

interface Handshake {
  readonly info: ClientInfo;
  readonly authorization: string | undefined;
}

export function isAuthenticated(client: SocketClient): client is SocketClient & { viewer: Viewer } {
  return client.viewer !== null;
}
