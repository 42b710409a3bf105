import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { type LocalKeys, readLocalKeys } from "../../src/auth/local-keys.js";
import { localSigner, mintDefaultToken, mintToken } from "../../src/auth/mint-token.js";
import { findStoredToken } from "../../src/cli/sign-in/stored-token.js";
import type { GraphQLErrorShape } from "../../src/client/errors.js";
import { loadClientConfig } from "../../src/config/load-config.js";
import type { Scope } from "../../src/domain/access/scopes.js";

/** What the demo needs of a server: requests that fail loudly, and a stream of stage changes. */
export interface Connection {
  readonly url: URL;
  request<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  watch(query: string, variables: Record<string, unknown>): AsyncIterableIterator<unknown>;
  /** The same server for another person; null if only its issuer can sign tokens. */
  as(subject: string, scopes: readonly Scope[]): Promise<Connection | null>;
  close(): Promise<void>;
}

/** The server refused an operation. */
export class RefusedError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(errors: readonly GraphQLErrorShape[]) {
    super(errors.map(({ message }) => message).join("\n"));
    this.extensions = errors[0]?.extensions ?? {};
  }
}

/** By SHELFMARK_URL and SHELFMARK_TOKEN; without a token, as who has signed in, or as the owner of the local server's key. */
export async function connect(): Promise<Connection> {
  const client = loadClientConfig(process.env);
  const { url, dataFolder } = client;
  const given = client.token ?? (await findStoredToken(url, { env: process.env, now: () => new Date() }));
  const keys = given ? null : await readLocalKeys(dataFolder);
  const token = given ?? (keys && (await mintDefaultToken(keys, new Date())));
  if (!token)
    throw new Error(`No SHELFMARK_TOKEN, and no local key in ${dataFolder}: start the server with npm start.`);
  return open(url, token, keys);
}

function open(url: URL, token: string, keys: LocalKeys | null): Connection {
  const authorization = `Bearer ${token}`;
  const socket = createClient({
    url: url.href.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  return {
    url,
    async request<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify({ query, variables }),
      }).catch(() => {
        throw new Error(`nothing answers at ${url.origin}; is the server running, and is SHELFMARK_URL right?`);
      });
      const answer = (await response.json()) as { data?: T; errors?: GraphQLErrorShape[] };
      if (answer.errors || !answer.data) throw new RefusedError(answer.errors ?? []);
      return answer.data;
    },
    watch: (query, variables) => socket.iterate({ query, variables }),
    async as(subject, scopes) {
      if (!keys) return null;
      const request = { signer: localSigner(keys), subject, scopes, ttlSeconds: 3_600, now: new Date() };
      return open(url, await mintToken(request), keys);
    },
    close: async () => socket.dispose(),
  };
}
