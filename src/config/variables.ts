import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";
import { SIGNING_ALGORITHMS } from "../auth/signing-algorithms.js";
import { unfoldPem } from "../auth/pem.js";
import { isLoopbackHost } from "../util/loopback.js";
import { LIMIT_RULES } from "./limits.js";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** What is wrong with a value ends the sentence "PORT is 70000; it must be …". */
function checked<T>(allowed: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, ctx): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    ctx.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  });
}

function wholeNumber(min: number, max: number, unit = "") {
  return checked(`it must be a whole number from ${min} to ${max}${unit}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

function oneOf<const T extends readonly string[]>(names: T) {
  const allowed = `it must be one of ${names.join(", ")}`;
  return checked(allowed, (text): T[number] | undefined => names.find((name) => name === text));
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

const postgresUrl = checked("it must be a URL that begins with postgres:// or postgresql://", (text) => {
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text) ? text : undefined;
});

export const JWKS_URL_RULE =
  "it must be an https:// URL without user name or password (http:// only to this machine: localhost, 127.0.0.1)";

export function parseJwksUrl(text: string): URL | undefined {
  const url = parseUrl(text);
  if (!url || url.username + url.password !== "") return undefined;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname)) ? url : undefined;
}

const jwksUrl = checked(JWKS_URL_RULE, parseJwksUrl);

const origins = checked(
  "it must be exact origins like https://app.example.com, separated by commas, without path, wildcard or trailing slash",
  (text) => {
    const list = splitList(text);
    const isOrigin = (origin: string) => /^https?:\/\//.test(origin) && parseUrl(origin)?.origin === origin;
    return list.length > 0 && list.every(isOrigin) ? [...new Set(list)] : undefined;
  },
);

const algorithms = checked(
  `it must be names out of ${SIGNING_ALGORITHMS.join(", ")}, separated by commas (never HS*: those need a shared secret)`,
  (text) => {
    const list = splitList(text).map((name) => SIGNING_ALGORITHMS.find((known) => known === name));
    const known = list.filter((name) => name !== undefined);
    return known.length > 0 && known.length === list.length ? [...new Set(known)] : undefined;
  },
);

const LINE_MAX = 1024;
export const LINE_RULE = `it must be one line of at most ${LINE_MAX} characters`;

export function isLine(text: string): boolean {
  return text.trim() !== "" && text.length <= LINE_MAX && !/\p{Cc}/u.test(text);
}

const line = checked(LINE_RULE, (text) => (isLine(text) ? text : undefined));

const hostName = checked("it must be a host name or an IP address, without port", (text) => {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  return /^[A-Za-z0-9.-]{1,253}$/.test(bare) || isIP(bare) !== 0 ? bare : undefined;
});

const auditKey = checked(
  "it must be an Ed25519 private key in PEM, as of: openssl genpkey -algorithm ed25519",
  (text) => {
    try {
      return createPrivateKey(unfoldPem(text)).asymmetricKeyType === "ed25519" ? text : undefined;
    } catch {
      return undefined;
    }
  },
);

const httpUrl = checked("it must be an http:// or https:// URL", (text) =>
  /^https?:$/.test(parseUrl(text)?.protocol ?? "") ? text : undefined,
);

const metricsToken = checked(
  "it must be 16 to 1024 characters that a bearer token may have, as of: openssl rand -hex 32",
  (text) => (/^[A-Za-z0-9\-._~+/]{16,1024}=*$/.test(text) ? text : undefined),
);

const webhookKey = checked("it must be the base64 of 32 bytes, as of: openssl rand -base64 32", (text) => {
  const isKey = /^[A-Za-z0-9+/]{43}=$/.test(text);
  return isKey ? text : undefined;
});

const proxies = checked("it must be addresses or blocks like 10.1.0.0/16, separated by commas", (text) => {
  const list = splitList(text);
  const isBlock = (entry: string) => isHostOrBlock(entry) && isIP(entry.split("/")[0] ?? "") !== 0;
  return list.length > 0 && list.every(isBlock) ? list : undefined;
});

const webhookAllow = checked(
  "it must be addresses, blocks like 10.1.0.0/16 or names of hosts, separated by commas",
  (text) => {
    const list = splitList(text);
    return list.length > 0 && list.every(isHostOrBlock) ? list : undefined;
  },
);

function isHostOrBlock(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (prefix === undefined) return family !== 0 || /^(?=.*[A-Za-z])[A-Za-z0-9.-]{1,253}$/.test(address);
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

const folder = checked("it must be a path", (text) => (text.includes("\u0000") ? undefined : resolve(text)));

export const limitVariables = Object.fromEntries(
  Object.values(LIMIT_RULES).map((rule) => [rule.variable, wholeNumber(rule.min, rule.max).optional()]),
);

/** The variables of the server, each with what it may hold. */
export const serverVariables = z.object({
  DATABASE_URL: postgresUrl.optional(),
  SHELFMARK_LISTEN_URL: postgresUrl.optional(),
  SHELFMARK_POOL_SIZE: wholeNumber(1, 1_000).default(10),
  SHELFMARK_PREPARED: oneOf(["on", "off"]).default("on"),
  SHELFMARK_DATA: folder.prefault("./.shelfmark"),
  HOST: hostName.default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(4_000),
  SHELFMARK_AUTH_FILE: folder.optional(),
  SHELFMARK_JWKS_URL: jwksUrl.optional(),
  SHELFMARK_JWT_PUBLIC_KEY: z.string().optional(),
  SHELFMARK_JWT_ISSUER: line.optional(),
  SHELFMARK_JWT_AUDIENCE: line.optional(),
  SHELFMARK_JWT_ALGORITHMS: algorithms.optional(),
  SHELFMARK_CORS_ORIGINS: origins.default([]),
  SHELFMARK_TRUSTED_PROXIES: proxies.default([]),
  SHELFMARK_OPERATIONS: folder.optional(),
  SHELFMARK_WEBHOOK_KEY: webhookKey.optional(),
  SHELFMARK_WEBHOOK_ALLOW: webhookAllow.default([]),
  SHELFMARK_METRICS_TOKEN: metricsToken.optional(),
  SHELFMARK_AUDIT_KEY: auditKey.optional(),
  SHELFMARK_AUDIT_CHECKPOINT_SECONDS: wholeNumber(1, 86_400).default(600),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: z.string().optional(),
  OTEL_SERVICE_NAME: line.optional(),
  OTEL_RESOURCE_ATTRIBUTES: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
  OTEL_BSP_MAX_QUEUE_SIZE: z.string().optional(),
  OTEL_BSP_SCHEDULE_DELAY: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
});

const serverUrl = checked("it must be an http:// or https:// URL without user name or password", (text) => {
  const url = parseUrl(text);
  if (!url || url.username + url.password !== "" || !/^https?:$/.test(url.protocol)) return undefined;
  return url.pathname === "/" ? new URL("/graphql", url) : url;
});

/** The variables of the commands that talk to a server. */
export const clientVariables = z.object({
  SHELFMARK_URL: serverUrl.prefault("http://127.0.0.1:4000/graphql"),
  SHELFMARK_TOKEN: z.string().optional(),
  SHELFMARK_DATA: folder.prefault("./.shelfmark"),
});

export const KNOWN_VARIABLES: readonly string[] = [
  ...new Set([
    ...Object.keys(serverVariables.shape),
    ...Object.keys(clientVariables.shape),
    ...Object.values(LIMIT_RULES).map((rule) => rule.variable),
  ]),
];
