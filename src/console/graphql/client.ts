import { cacheExchange } from "@urql/exchange-graphcache";
import { Client, fetchExchange, mapExchange } from "urql";
import { freshToken, renewToken } from "../session/renewal";
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

const UNAUTHORIZED = 401;

/** Tries once more with a new token, if there can be one. */
export const sendWithToken: typeof fetch = async (url, init) => {
  const send = (token: string) =>
    fetch(url, { ...init, headers: { authorization: `Bearer ${token}`, ...init?.headers } });
  const response = await send(await freshToken());
  const isRenewed = response.status === UNAUTHORIZED && (await renewToken());
  return isRenewed ? send(currentToken() ?? "") : response;
};
