import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Database } from "../../src/store/connection/database.js";
import { openTestDatabase } from "./database/database.js";
import { type As, mintTestToken } from "./token.js";
import { startServerOn } from "./wiring.js";

export { type As, mintTestToken, TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "./token.js";

export interface GraphQLAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its document, which tests know
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    // biome-ignore lint/suspicious/noExplicitAny: as above
    readonly extensions: { readonly code: string; readonly [key: string]: any };
  }[];
  readonly extensions?: { readonly requestId: string };
}

export interface TestServer {
  /** The address of the GraphQL endpoint, http://127.0.0.1:…/graphql. */
  readonly url: string;
  readonly database: Database;
  token(as?: As): Promise<string>;
  /** One operation over HTTP. */
  request(document: string, variables?: Record<string, unknown>, as?: As): Promise<GraphQLAnswer>;
  /** The same, and its data; throws if there is any error. */
  data(document: string, variables?: Record<string, unknown>, as?: As): Promise<GraphQLAnswer["data"]>;
  /** A subscription over graphql-ws; each message is `{ data?, errors? }`. Ends with `return()`. */
  watch(document: string, variables?: Record<string, unknown>, as?: As): AsyncIterableIterator<GraphQLAnswer>;
  stop(): Promise<void>;
}

/** The real server, on a free port and on a database of its own. */
export async function startTestServer(): Promise<TestServer> {
  const database = await openTestDatabase();
  const running = await startServerOn(database);
  const sockets = new Set<{ dispose(): void | Promise<void> }>();

  async function request(
    document: string,
    variables: Record<string, unknown> = {},
    as: As = {},
  ): Promise<GraphQLAnswer> {
    const response = await fetch(running.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await mintTestToken(as)}` },
      body: JSON.stringify({ query: document, variables }),
    });
    return (await response.json()) as GraphQLAnswer;
  }

  return {
    url: running.url,
    database,
    token: mintTestToken,
    request,
    async data(document, variables, as) {
      const answer = await request(document, variables, as);
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      return answer.data;
    },
    watch(document, variables = {}, as = {}) {
      const socket = createClient({
        url: running.url.replace(/^http/, "ws"),
        webSocketImpl: WebSocket,
        connectionParams: async () => ({ authorization: `Bearer ${await mintTestToken(as)}` }),
        retryAttempts: 0,
      });
      sockets.add(socket);
      return socket.iterate({ query: document, variables }) as AsyncIterableIterator<GraphQLAnswer>;
    },
    async stop() {
      for (const socket of sockets) await socket.dispose();
      await running.stop();
      await database.close();
    },
  };
}
