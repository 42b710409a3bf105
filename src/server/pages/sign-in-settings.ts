import type { IssuerMetadata } from "../../auth/discovery.js";
import type { CurrentMetadata } from "../../auth/issuer-metadata.js";
import type { OidcSettings } from "../../config/load-config.js";
import { type FindPage, isReading, PAGE_HEADERS } from "./pages.js";

/** Where the console and `shelfmark login` read how people sign in. It holds no secret. */
const SETTINGS_PATH = "/.well-known/shelfmark.json";

export interface SignIn {
  readonly settings: OidcSettings;
  readonly metadata: CurrentMetadata;
}

/** The settings of the sign-in, for whoever asks: the client is public, and nobody is signed in yet. */
export function findSignInSettings(signIn: SignIn | null): FindPage {
  return (request, path) => {
    if (path !== SETTINGS_PATH || !isReading(request)) return null;
    return async ({ method }, response, requestId) => {
      const oidc = signIn && { ...signIn.settings, metadata: await signIn.metadata() };
      response.writeHead(200, {
        ...PAGE_HEADERS,
        "content-type": "application/json; charset=utf-8",
        "cache-control": "no-store",
        "x-request-id": requestId,
      });
      response.end(method === "HEAD" ? undefined : JSON.stringify({ oidc }));
    };
  };
}

/** The addresses at the issuer that the console sends requests to, as sources of a Content-Security-Policy. */
export function connectSources(metadata: IssuerMetadata | null): readonly string[] {
  const endpoints = [metadata?.token_endpoint, metadata?.revocation_endpoint];
  return [...new Set(endpoints.flatMap((endpoint) => (endpoint === undefined ? [] : [toSource(endpoint)])))];
}

/** Without the query, which a source cannot have, and with the characters encoded that would end it (CSP §2.3.1). */
function toSource(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  return origin + pathname.replaceAll(";", "%3B").replaceAll(",", "%2C");
}
