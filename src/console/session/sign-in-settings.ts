import type { AuthorizationServer } from "oauth4webapi";

const SETTINGS_URL = "/.well-known/shelfmark.json";

/** Where the issuer sends the browser back to: this address is registered there. */
export const CALLBACK_PATH = "/sign-in";

/** How people sign in at an issuer, as the server tells it. */
export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string | null;
  /** The issuer's discovery document, as the server read it; null while the issuer does not answer. */
  readonly metadata: AuthorizationServer | null;
}

/** Null: this server takes tokens only. */
export async function readSignInSettings(): Promise<SignInSettings | null> {
  const response = await fetch(SETTINGS_URL);
  if (!response.ok) throw new Error(`The server answers with HTTP ${response.status}.`);
  const { oidc } = (await response.json()) as { oidc: SignInSettings | null };
  return oidc;
}

/** The issuer as a person reads it. */
export function hostOf({ issuer }: SignInSettings): string {
  return new URL(issuer).host;
}
