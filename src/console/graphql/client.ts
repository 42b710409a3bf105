import { cacheExchange } from "@urql/exchange-graphcache";
import { Client, fetchExchange, mapExchange } from "urql";
import { currentToken, signOut } from "../session/token";
import { CACHE_KEYS } from "./cache-keys";

export const GRAPHQL_URL = "/graphql";

/** A client with a cache of its own, which ends with the session of the token. */
export function createClient(): Client {
  return new Client({
    url: GRAPHQL_URL,
    preferGetMethod: false,
    fetch: sendWithToken,
    exchanges: [
      mapExchange({
        onError(error) {
          const refused = error.graphQLErrors.find(({ extensions }) => extensions.code === "UNAUTHENTICATED");
          if (refused) signOut(refused.message);
        },
      }),
      cacheExchange({ keys: CACHE_KEYS }),
      fetchExchange,
    ],
  });
}

const sendWithToken: typeof fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...init?.headers, authorization: `Bearer ${currentToken() ?? ""}` } });
