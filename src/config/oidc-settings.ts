import type { AuthSettings } from "./auth-settings.js";
import type { OidcSettings } from "./config.js";
import type { Environment } from "./environment.js";

const BESIDE_ISSUER = ["SHELFMARK_OIDC_CLIENT_ID", "SHELFMARK_OIDC_CLI_CLIENT_ID", "SHELFMARK_OIDC_RESOURCE"];
const TRUSTING = ["SHELFMARK_JWT_ISSUER", "SHELFMARK_AUTH_FILE"];

/** Mistakes in how the variables for signing in are combined. */
export function checkOidcTogether(given: Environment): string[] {
  if (!given.SHELFMARK_OIDC_ISSUER) {
    return [...BESIDE_ISSUER, "SHELFMARK_OIDC_SCOPES"]
      .filter((name) => given[name])
      .map((name) => `${name} is set without SHELFMARK_OIDC_ISSUER; set the issuer too, or unset ${name}.`);
  }
  const problems: string[] = [];
  if (!given.SHELFMARK_OIDC_CLIENT_ID) {
    problems.push(
      "SHELFMARK_OIDC_CLIENT_ID is not set; with SHELFMARK_OIDC_ISSUER it must be the id of a public client at that issuer.",
    );
  }
  if (!TRUSTING.some((name) => given[name])) {
    problems.push(
      `SHELFMARK_OIDC_ISSUER is set, but the server is in local mode and trusts no issuer; set ${TRUSTING.join(" and SHELFMARK_JWT_AUDIENCE, or ")}.`,
    );
  }
  return problems;
}

interface OidcValues {
  readonly SHELFMARK_OIDC_ISSUER?: string | undefined;
  readonly SHELFMARK_OIDC_CLIENT_ID?: string | undefined;
  readonly SHELFMARK_OIDC_CLI_CLIENT_ID?: string | undefined;
  readonly SHELFMARK_OIDC_SCOPES: readonly string[];
  readonly SHELFMARK_OIDC_RESOURCE?: string | undefined;
}

export function toOidcSettings(values: OidcValues): OidcSettings | null {
  const { SHELFMARK_OIDC_ISSUER: issuer, SHELFMARK_OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return null;
  return Object.freeze({
    issuer,
    clientId,
    cliClientId: values.SHELFMARK_OIDC_CLI_CLIENT_ID ?? clientId,
    scopes: Object.freeze([...values.SHELFMARK_OIDC_SCOPES]),
    resource: values.SHELFMARK_OIDC_RESOURCE ?? null,
  });
}

/** Some providers write another issuer into tokens than their discovery document names. So this stops no server. */
export function warnOfOidc({ oidc, auth }: { oidc: OidcSettings | null; auth: AuthSettings }): string[] {
  if (oidc === null || auth.mode === "local" || auth.issuers.some(({ issuer }) => issuer === oidc.issuer)) return [];
  return [
    `SHELFMARK_OIDC_ISSUER is ${oidc.issuer}, which is no issuer that this server trusts: tokens of people who sign in there count only if they name a trusted one.`,
  ];
}
