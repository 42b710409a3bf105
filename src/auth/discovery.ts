import { isSecureUrl } from "../util/network/loopback.js";
import { fetchBounded } from "./bounded-fetch.js";

const ENDPOINTS = [
  ...["authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "revocation_endpoint"],
  ...["end_session_endpoint", "jwks_uri"],
] as const;
const LISTS = ["id_token_signing_alg_values_supported", "scopes_supported"] as const;

/** What we use of a discovery document, under its own names (OpenID Connect Discovery §3, RFC 8414 §2). */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly device_authorization_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly jwks_uri?: string;
  readonly id_token_signing_alg_values_supported?: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
}

/** There is no discovery document that can be used. The message is a sentence for a person. */
export class DiscoveryError extends Error {
  override readonly name = "DiscoveryError";
}

/** Where the discovery document of an issuer is (OpenID Connect Discovery §4). */
export function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
}

/** Reads the discovery document of an issuer. Each endpoint in it must be safe to send secrets to. */
export async function discoverIssuer(issuer: string, signal: AbortSignal): Promise<IssuerMetadata> {
  const url = discoveryUrl(issuer);
  const headers = new Headers({ accept: "application/json" });
  const response = await fetchBounded(url.href, { method: "GET", headers, redirect: "manual", signal }).catch(
    (error: unknown) => {
      throw new DiscoveryError(`${url.href} cannot be read: ${reasonOf(error)}.`);
    },
  );
  if (response.status !== 200) throw new DiscoveryError(`${url.href} answers with HTTP ${response.status}.`);
  const text = await response.text();
  return parseMetadata(issuer, parseJson(text, url.href));
}

function parseJson(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // the same sentence for what is no JSON and for what is no object
  }
  throw new DiscoveryError(`${where} is not a JSON object.`);
}

/** The part of a document that we use. Another issuer in it would let that issuer's tokens pass for this one's. */
function parseMetadata(issuer: string, document: Record<string, unknown>): IssuerMetadata {
  if (document.issuer !== issuer) {
    throw new DiscoveryError(
      `The discovery document of ${issuer} names the issuer ${JSON.stringify(document.issuer)}; the setting must be that text exactly.`,
    );
  }
  const endpoints = ENDPOINTS.flatMap((name) => {
    const value = document[name];
    if (value === undefined) return [];
    if (typeof value === "string" && URL.canParse(value) && isAsSecure(issuer, new URL(value))) return [[name, value]];
    throw new DiscoveryError(`The discovery document of ${issuer} has a ${name} that is not an https:// URL.`);
  });
  const lists = LISTS.flatMap((name) => {
    const value = document[name];
    return Array.isArray(value) ? [[name, value.filter((each) => typeof each === "string")]] : [];
  });
  const sendsIssuer = document.authorization_response_iss_parameter_supported === true;
  return {
    issuer,
    ...Object.fromEntries([...endpoints, ...lists]),
    ...(sendsIssuer && { authorization_response_iss_parameter_supported: true }),
  };
}

/** An issuer on another machine names nothing on this one: whatever listens here would give its keys, or take its secrets. */
function isAsSecure(issuer: string, endpoint: URL): boolean {
  return isSecureUrl(endpoint) && (endpoint.protocol === "https:" || issuer.startsWith("http:"));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
