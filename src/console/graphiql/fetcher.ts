import type { Fetcher } from "@graphiql/toolkit";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import { GRAPHQL_URL, sendWithToken } from "../graphql/client";
import { freshToken } from "../session/renewal";

/** Sends documents with the token of the session, over HTTP and over WebSocket. Headers that somebody types come first. */
export function createFetcher(): Fetcher {
  const address = new URL(GRAPHQL_URL, window.location.href);
  const wsClient = createClient({
    url: address.href.replace(/^http/, "ws"),
    connectionParams: async () => ({ authorization: `Bearer ${await freshToken()}` }),
    lazy: true,
  });
  return createGraphiQLFetcher({ url: address.href, fetch: sendWithToken, wsClient });
}
