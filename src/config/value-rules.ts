import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { unfoldPem } from "../auth/pem.js";
import { SIGNING_ALGORITHMS } from "../auth/signing-algorithms.js";
import { parseSchemeChoice } from "../domain/values/source-schemes.js";
import { isSecureUrl } from "../util/network/loopback.js";
import { hasHighPort, PORT_RULE } from "../util/network/url-port.js";

/** A rule for one value. `allowed` ends the sentence "PORT is 70000; it must be …". */
function checked<T>(allowed: string | ((text: string) => string), parse: (text: string) => T | undefined) {
  return z.string().transform((text, ctx): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    ctx.addIssue({ code: "custom", message: typeof allowed === "string" ? allowed : allowed(text) });
    return z.NEVER;
  });
}

/** The rule for a URL, or what is wrong with its port if that is the reason. */
function orPort(allowed: string) {
  return (text: string) => (text.split(/[\s,]+/).some(hasHighPort) ? `it must have ${PORT_RULE}` : allowed);
}

export function wholeNumber(min: number, max: number, unit = "") {
  return checked(`it must be a whole number from ${min} to ${max}${unit}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

export function oneOf<const T extends readonly string[]>(names: T) {
  const allowed = `it must be one of ${names.join(", ")}`;
  return checked(allowed, (text): T[number] | undefined => names.find((name) => name === text));
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

export const postgresUrl = checked(orPort("it must be a URL that begins with postgres:// or postgresql://"), (text) => {
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text) ? text : undefined;
});

const JWKS_URL_RULE =
  "it must be an https:// URL without user name or password (http:// only for this machine: localhost, 127.0.0.1)";

export function parseJwksUrl(text: string): URL | undefined {
  const url = parseUrl(text);
  return url && isSecureUrl(url) ? url : undefined;
}

/** An issuer whose discovery document can be read: its address is made from the issuer's own text. */
export function isDiscoverable(issuer: string): boolean {
  const url = parseJwksUrl(issuer);
  return url !== undefined && url.search + url.hash === "" && !/[?#]/.test(issuer);
}

export const oidcIssuer = checked(
  "it must be the issuer's https:// URL, exactly as its discovery document names it, without query (http:// only for this machine)",
  (text) => (isDiscoverable(text) ? text : undefined),
);

export const oidcScopes = checked(
  "it must be scopes separated by blanks, openid among them, such as openid offline_access models:read",
  (text) => {
    const scopes = [...new Set(text.split(/\s+/).filter((scope) => scope !== ""))];
    const areScopes = scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(scope));
    return areScopes && scopes.includes("openid") ? scopes : undefined;
  },
);

export const jwksUrlRule = orPort(JWKS_URL_RULE);

export const jwksUrl = checked(jwksUrlRule, parseJwksUrl);

export const origins = checked(
  orPort(
    "it must be exact origins like https://app.example.com, separated by commas, without path, wildcard or trailing slash",
  ),
  (text) => {
    const list = splitList(text);
    const isOrigin = (origin: string) => /^https?:\/\//.test(origin) && parseUrl(origin)?.origin === origin;
    return list.length > 0 && list.every(isOrigin) ? [...new Set(list)] : undefined;
  },
);

export const publicUrl = checked(
  orPort(
    "it must be an http:// or https:// URL without user name, password or path, such as https://shelfmark.example.com",
  ),
  (text) => {
    const url = parseUrl(text);
    const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
    return isOrigin ? url.origin : undefined;
  },
);

export const algorithms = checked(
  `it must be one or more of ${SIGNING_ALGORITHMS.join(", ")}, separated by commas (never HS*: those need a shared secret)`,
  (text) => {
    const list = splitList(text).map((name) => SIGNING_ALGORITHMS.find((known) => known === name));
    const known = list.filter((name) => name !== undefined);
    return known.length > 0 && known.length === list.length ? [...new Set(known)] : undefined;
  },
);

const MAX_LINE = 1024;
export const LINE_RULE = `it must be one line of at most ${MAX_LINE} characters`;

export function isLine(text: string): boolean {
  return text.trim() !== "" && text.length <= MAX_LINE && !/\p{Cc}/u.test(text);
}

export const line = checked(LINE_RULE, (text) => (isLine(text) ? text : undefined));

export const hostName = checked("it must be a host name or an IP address, without port", (text) => {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  return /^[A-Za-z0-9.-]{1,253}$/.test(bare) || isIP(bare) !== 0 ? bare : undefined;
});

export const auditKey = checked(
  "it must be an Ed25519 private key in PEM; make one with: openssl genpkey -algorithm ed25519",
  (text) => {
    try {
      return createPrivateKey(unfoldPem(text)).asymmetricKeyType === "ed25519" ? text : undefined;
    } catch {
      return undefined;
    }
  },
);

export const httpUrl = checked(orPort("it must be an http:// or https:// URL"), (text) =>
  /^https?:$/.test(parseUrl(text)?.protocol ?? "") ? text : undefined,
);

export const metricsToken = checked(
  "it must be 16 to 1024 characters that are allowed in a bearer token; make one with: openssl rand -hex 32",
  (text) => (/^[A-Za-z0-9\-._~+/]{16,1024}=*$/.test(text) ? text : undefined),
);

export const webhookKey = checked(
  "it must be the base64 of 32 bytes; make one with: openssl rand -base64 32",
  (text) => {
    const isKey = /^[A-Za-z0-9+/]{43}=$/.test(text);
    return isKey ? text : undefined;
  },
);

export const proxies = checked("it must be IP addresses or blocks like 10.1.0.0/16, separated by commas", (text) => {
  const list = splitList(text);
  const isBlock = (entry: string) => isHostOrBlock(entry) && isIP(entry.split("/")[0] ?? "") !== 0;
  return list.length > 0 && list.every(isBlock) ? list : undefined;
});

export const webhookAllow = checked(
  "it must be IP addresses, blocks like 10.1.0.0/16 or host names, separated by commas",
  (text) => {
    const list = splitList(text);
    return list.length > 0 && list.every(isHostOrBlock) ? list : undefined;
  },
);

export const sourceSchemes = checked(
  "it must be schemes like s3,gs (only these), or all with a sign like +acme,-http (besides the default ones; a minus only before one of them), separated by commas; never javascript, vbscript, data or blob",
  (text) => parseSchemeChoice(splitList(text)),
);

/** A folder, by its path or a file:// URL, or the address of a store. */
export type ArtifactRoot = { readonly folder: string } | { readonly uri: string } | "off";

export const artifactRoot = checked(
  "it must be a folder like /var/lib/shelfmark/artifacts, the address of a store like s3://bucket/mlflow, without user name, password, query or .., or off",
  (text): ArtifactRoot | undefined => {
    if (text === "off") return "off";
    if (text.includes("\u0000")) return undefined;
    if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return { folder: resolve(text) };
    if (/^file:\/\/\//i.test(text)) return URL.canParse(text) ? { folder: fileURLToPath(text) } : undefined;
    return isStoreUri(text) ? { uri: text.replace(/\/+$/, "") } : undefined;
  },
);

/** What is no address of a store: what holds secrets, and the schemes that name this server or a file. */
function isStoreUri(text: string): boolean {
  const isAddress = /^[a-z][a-z0-9+.-]+:\/\/[^\s?#\\]+$/i.test(text) && isLine(text);
  if (!isAddress || /^(file|mlflow-artifacts|runs|models|dbfs|javascript|data):/i.test(text)) return false;
  const [, authority = "", path = ""] = /^[^:]+:\/\/([^/]*)(.*)$/.exec(text) ?? [];
  const hasSecret = /^(abfss?|wasbs?|oci):/i.test(text) ? /:.*@/.test(authority) : authority.includes("@");
  return authority !== "" && !hasSecret && !path.split("/").includes("..");
}

function isHostOrBlock(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (prefix === undefined) return family !== 0 || /^(?=.*[A-Za-z])[A-Za-z0-9.-]{1,253}$/.test(address);
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

export const path = checked("it must be a path", (text) => (text.includes("\u0000") ? undefined : resolve(text)));

export const serverUrl = checked(
  orPort("it must be an http:// or https:// URL without user name or password"),
  (text) => {
    const url = parseUrl(text);
    if (!url || url.username + url.password !== "" || !/^https?:$/.test(url.protocol)) return undefined;
    return url.pathname === "/" ? new URL("/graphql", url) : url;
  },
);
