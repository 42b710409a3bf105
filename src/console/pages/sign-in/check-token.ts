import { print } from "@0no-co/graphql.web";
import type { ResultOf } from "../../graphql/graphql";
import type { SignInSettings } from "../../session/sign-in-settings";
import { VIEWER } from "./viewer-query";

interface Answer {
  readonly data?: ResultOf<typeof VIEWER> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly reason?: string } }[];
}

type Claims = Readonly<Record<string, unknown>>;

/** Why a token of the issuer is of no use here, and which setting mends it; null if it is of use. */
export async function findTokenFault(url: string, token: string, settings: SignInSettings): Promise<string | null> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: print(VIEWER) }) });
  const { data, errors = [] } = (await response.json()) as Answer;
  const claims = readClaims(token);
  const [refusal] = errors;
  if (refusal) return describeRefusal(refusal.extensions?.reason, claims, settings) ?? refusal.message;
  return data && data.viewer.scopes.length === 0 ? describeMissingScopes(data.viewer, claims, settings) : null;
}

function describeRefusal(reason: string | undefined, claims: Claims | null, settings: SignInSettings): string | null {
  const { issuer, resource } = settings;
  const now = resource === null ? "it is not set" : `it is ${resource}`;
  if (reason === "malformed" && claims === null)
    return `The access token of ${issuer} is opaque: it is no JWT, so no server but its issuer can read it. Providers give a JWT for an API that is named: set SHELFMARK_OIDC_RESOURCE of the server to the identifier of Shelfmark's API at the provider (${now}).`;
  if (reason === "audience")
    return `The access token of ${issuer} is for ${listOf(claims?.aud)} and not for this server. Set SHELFMARK_OIDC_RESOURCE of the server to the audience that it expects, which is SHELFMARK_JWT_AUDIENCE or audience in the file of issuers (${now}).`;
  if (reason === "issuer")
    return `The access token names the issuer ${listOf(claims?.iss)}, which this server does not trust. SHELFMARK_JWT_ISSUER, or issuer in the file of issuers, must be that text.`;
  return null;
}

type Viewer = ResultOf<typeof VIEWER>["viewer"];

function describeMissingScopes(
  { actor, scopeClaims }: Viewer,
  claims: Claims | null,
  { issuer }: SignInSettings,
): string {
  const values = scopeClaims.map((path) => [path, claims && claimAt(claims, path)] as const);
  const absent = values.flatMap(([path, value]) => (value === undefined ? [path] : []));
  const present = values.flatMap(([path, value]) => (value === undefined ? [] : [`${path}: ${JSON.stringify(value)}`]));
  return [
    `You are signed in at ${issuer} as ${actor.name ?? actor.subject}, but your token has no scope of Shelfmark, so you may see nothing here.`,
    ...(absent.length > 0 ? [`It lacks the claims ${absent.join(", ")}.`] : []),
    ...(present.length > 0 ? [`What it has gives no scope: ${present.join("; ")}.`] : []),
    "Ask whoever runs the provider for one of these claims with a scope such as models:read, or whoever runs this server for a rule.",
  ].join(" ");
}

/** The claims of a JWT, which nobody has verified here; null if it is none. */
function readClaims(token: string): Claims | null {
  const [, payload = ""] = token.split(".");
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
      each.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? { ...claims } : null;
  } catch {
    return null;
  }
}

/** The value at a path of names separated by dots, or under the whole path as one name. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split(".").reduce<unknown>((value, name) => (value as Claims | undefined | null)?.[name], claims);
}

function listOf(value: unknown): string {
  return value === undefined ? "nobody" : [value].flat().join(", ");
}
