import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import WebSocket from "ws";
import type { GraphQLAnswer } from "./server.js";

export const BOOKMARKS = "subscription { stageChanged { cursor event { to } } }";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** Sends a request with exactly these headers: fetch adds some, and refuses others. */
export function raw(url: string, { method = "POST", path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path: path ?? pathname, method, headers, agent: false });
    request.on("error", reject);
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: {}, body: "" });
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.end(body);
  });
}

/** Sends the handshake of a WebSocket. The status is 101 if it is accepted. */
export function upgrade(url: string, headers: Record<string, string>, path?: string): Promise<RawAnswer> {
  const handshake = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-protocol": "graphql-transport-ws",
  };
  return raw(url, { method: "GET", headers: { ...handshake, ...headers }, ...(path ? { path } : {}) });
}

export function post(url: string, token: string | null, body: unknown, headers: Record<string, string> = {}) {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a payload has the shape of its message
  readonly payload?: any;
}

/** A client of graphql-transport-ws that sends single messages and shows those that it receives. */
export class Socket {
  readonly ws: WebSocket;
  readonly closed: Promise<Closed>;
  private readonly received: SocketMessage[] = [];
  private wake: () => void = () => {};
  private end: Closed | undefined;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.ws = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws", { headers });
    this.ws.on("error", () => {});
    this.ws.on("message", (data) => {
      this.received.push(JSON.parse(String(data)));
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      this.ws.on("close", (code, reason) => {
        this.end = { code, reason: reason.toString() };
        this.wake();
        resolve(this.end);
      });
    });
  }

  send(message: object | string): void {
    this.ws.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** The next message, or the close of the socket. */
  async next(): Promise<SocketMessage | Closed> {
    while (this.received.length === 0 && !this.end) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.received.shift() ?? (this.end as Closed);
  }

  /** The next message of an operation. Drops those of others. */
  async nextFor(id: string): Promise<SocketMessage> {
    for (;;) {
      const message = await this.next();
      if (!("type" in message)) throw new Error(`closed: ${JSON.stringify(message)}`);
      if (message.id === id) return message;
    }
  }

  async answer(id: string, query: string, variables: object = {}): Promise<GraphQLAnswer> {
    this.subscribe(id, query, variables);
    const { type, payload } = await this.nextFor(id);
    if (type === "next") await this.nextFor(id);
    return type === "error" ? { errors: payload } : payload;
  }

  close(): Promise<Closed> {
    this.ws.close(1000);
    return this.closed;
  }
}

/** Opens a socket and sends `connection_init`. Returns it with its first message. */
export async function initSocket(url: string, payload: object, headers: Record<string, string> = {}) {
  const socket = new Socket(url, headers);
  await new Promise((resolve, reject) => socket.ws.once("open", resolve).once("error", reject));
  socket.send({ type: "connection_init", payload });
  return { socket, first: await socket.next() };
}

export async function openSocket(url: string, token: string): Promise<Socket> {
  const { socket, first } = await initSocket(url, { authorization: `Bearer ${token}` });
  if (!("type" in first) || first.type !== "connection_ack") throw new Error(JSON.stringify(first));
  return socket;
}

/** Opens a subscription over SSE. `next` resolves to each message, and to null once the stream is complete. */
export async function openSse(
  url: string,
  token: string,
  query: string,
  variables: object = {},
  operationName: string | null = null,
) {
  const leave = new AbortController();
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables, operationName }),
    signal: leave.signal,
  });
  const messages = response.body ? readEvents(response.body) : undefined;
  return {
    response,
    async next(): Promise<GraphQLAnswer | null> {
      const { value } = (await messages?.next()) ?? {};
      return value ?? null;
    },
    leave: () => leave.abort(),
  };
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<GraphQLAnswer | null> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      if (/^event: complete$/m.test(block)) return null;
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (data) yield JSON.parse(data);
    }
  }
  throw new Error("The stream ended without a complete event.");
}
