import * as oauth from "oauth4webapi";
import { DiscoveryError, discoverIssuer, type IssuerMetadata } from "../../auth/discovery.js";
import { isDiscoverable } from "../../config/value-rules.js";
import { isLoopbackHost } from "../../util/network/loopback.js";
import { oneLine } from "../../util/safe-text.js";
import { CommandError } from "../io/command-io.js";
import type { StoredSignIn } from "./token-store.js";

const TIMEOUT_MS = 30_000;
/** Of a token's life, after which it is renewed. */
const RENEWED_AFTER = 0.75;

/** The client of an issuer. The endpoints come from the issuer itself: a server cannot send a code or a token elsewhere. */
export interface IssuerClient {
  readonly metadata: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly resource: string | null;
  /** For requests to the token endpoint. */
  readonly options: oauth.TokenEndpointRequestOptions;
}

export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string | null;
}

/** How people sign in at a server. */
export async function readSettings(url: URL): Promise<SignInSettings> {
  const where = new URL("./.well-known/shelfmark.json", url);
  const response = await fetch(where, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw new CommandError(
      `The server at ${url.origin} cannot be reached; is the server running, and is the URL right?`,
    );
  });
  const answer: unknown = response.ok ? await response.json().catch(() => null) : null;
  const settings = parseSettings(answer);
  if (settings === undefined)
    throw new CommandError(`${where.href} responded with HTTP ${response.status} and not with how to sign in.`);
  if (settings === null)
    throw new CommandError(
      `The server at ${url.origin} names no issuer to sign in with. Set SHELFMARK_TOKEN, or SHELFMARK_OIDC_ISSUER of the server.`,
    );
  const isLocal = isLoopbackHost(url.hostname) || settings.issuer.startsWith("https:");
  if (!isDiscoverable(settings.issuer) || !isLocal)
    throw new CommandError(`The server at ${url.origin} names an issuer that is not an https:// URL.`);
  return settings;
}

function parseSettings(answer: unknown): SignInSettings | null | undefined {
  if (typeof answer !== "object" || answer === null || !("oidc" in answer)) return undefined;
  if (answer.oidc === null) return null;
  const { issuer, cliClientId: clientId, scopes, resource } = answer.oidc as Record<string, unknown>;
  if (typeof issuer !== "string" || typeof clientId !== "string" || !Array.isArray(scopes)) return undefined;
  return { issuer, clientId, scopes: scopes.map(String), resource: typeof resource === "string" ? resource : null };
}

export async function openIssuer({
  issuer,
  clientId,
  resource,
}: Omit<SignInSettings, "scopes">): Promise<IssuerClient> {
  const metadata = await discover(issuer);
  return {
    metadata: { ...metadata } as oauth.AuthorizationServer,
    client: { client_id: clientId },
    resource,
    options: {
      signal: () => AbortSignal.timeout(TIMEOUT_MS),
      // the issuer has http only on this machine
      [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
      additionalParameters: new URLSearchParams(resource === null ? {} : { resource }),
    },
  };
}

async function discover(issuer: string): Promise<IssuerMetadata> {
  try {
    return await discoverIssuer(issuer, AbortSignal.timeout(TIMEOUT_MS));
  } catch (error) {
    throw error instanceof DiscoveryError ? new CommandError(error.message) : error;
  }
}

/** The part of an issuer's answer that is kept. */
export function toStoredTokens(answer: oauth.TokenEndpointResponse, now: Date, previous: string | null = null) {
  const { access_token: token, refresh_token: refreshToken = previous, expires_in: seconds } = answer;
  const dueAt = seconds === undefined ? null : now.getTime() + seconds * 1_000 * RENEWED_AFTER;
  return { token, refreshToken, dueAt } satisfies Partial<StoredSignIn>;
}

/** The sentence for what an issuer answered, or did not. */
export function describeIssuerError(issuer: string, error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError)
    return new CommandError(
      `${issuer} refuses: ${oneLine(error.error_description ?? "it gives no reason")} (${oneLine(error.error)}).`,
    );
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new CommandError(`${issuer} does not answer as an issuer does: ${oneLine(cause)}.`);
}
