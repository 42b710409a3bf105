import { join } from "node:path";
import type { z } from "zod";
import { nearestName } from "../util/nearest-name.js";
import { type AuthSettings, checkAuthTogether, readIssuers, toAuthSettings } from "./auth-settings.js";
import { LIMIT_RULES, type Limits } from "./limits.js";
import { MistakesError } from "./mistakes.js";
import { readOperations } from "./operations.js";
import { showGiven } from "./show-given.js";
import { readTracing, type TracingSettings } from "./tracing-settings.js";
import { clientVariables, KNOWN_VARIABLES, type LOG_LEVELS, limitVariables, serverVariables } from "./variables.js";

export type { AuthSettings } from "./auth-settings.js";
export type { Limits } from "./limits.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export type DatabaseSettings =
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly listenUrl?: string;
      readonly poolSize: number;
      readonly prepared: boolean;
    }
  | { readonly kind: "pglite"; readonly folder: string };

export interface WebhookSettings {
  /** Base64 of the key that secrets are encrypted with; null = the one in the data folder. */
  readonly key: string | null;
  /** Addresses, blocks and hosts that may be called although they are not public. */
  readonly allow: readonly string[];
}

export interface Config {
  readonly database: DatabaseSettings;
  /** Absolute. Holds the embedded database and, beside it, the local keys. */
  readonly dataFolder: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly auth: AuthSettings;
  readonly corsOrigins: readonly string[];
  /** Addresses and blocks of the proxies in front, whose `X-Forwarded-For` says where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** The only documents that are executed, by the SHA-256 of their text; null = any. */
  readonly operations: ReadonlyMap<string, string> | null;
  readonly webhooks: WebhookSettings;
  readonly audit: {
    /** PEM of the Ed25519 key that signs checkpoints; null = one of the data folder's. */
    readonly key: string | null;
    readonly checkpointSeconds: number;
  };
  /** What a scrape of the metrics must show; null = none but in local mode. */
  readonly metricsToken: string | null;
  readonly tracing: TracingSettings | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly limits: Limits;
  /** Sentences about what is probably a slip but stops nothing. */
  readonly warnings: readonly string[];
}

/** What the commands that talk to a server need to know. */
export interface ClientConfig {
  readonly url: URL;
  readonly token: string | null;
  readonly dataFolder: string;
}

/** Every mistake of the environment, one sentence each. */
export class ConfigError extends MistakesError {
  override readonly name = "ConfigError";
}

/** The one place that touches the process's environment. */
export function readEnvironment(): Environment {
  return process.env;
}

function withoutBlanks(env: Environment): Record<string, string> {
  const set: Record<string, string> = {};
  for (const name of KNOWN_VARIABLES) {
    const text = env[name]?.trim();
    if (text) set[name] = text;
  }
  return set;
}

function toSentences(error: z.ZodError | undefined, given: Environment): string[] {
  return (error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return `${name} is ${showGiven(name, given[name] ?? "")}; ${issue.message}.`;
  });
}

function findUnknown(env: Environment): string[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith("SHELFMARK_") && !KNOWN_VARIABLES.includes(name));
  return unknown.sort().map((name) => {
    const near = nearestName(name, KNOWN_VARIABLES);
    return `${name} is not a variable that Shelfmark knows, so it changes nothing${near ? `; did you mean ${near}?` : "."}`;
  });
}

function toDatabase(values: z.infer<typeof serverVariables>): DatabaseSettings {
  if (!values.DATABASE_URL) return { kind: "pglite", folder: join(values.SHELFMARK_DATA, "database") };
  return {
    kind: "postgres",
    url: values.DATABASE_URL,
    ...(values.SHELFMARK_LISTEN_URL ? { listenUrl: values.SHELFMARK_LISTEN_URL } : {}),
    poolSize: values.SHELFMARK_POOL_SIZE,
    prepared: values.SHELFMARK_PREPARED === "on",
  };
}

/** How the database of a configuration is opened. */
export function databaseOptions({ database, limits }: Config) {
  const { statementTimeoutMs, resultBytes } = limits;
  return { ...database, statementTimeoutMs, resultBytes };
}

function toLimits(given: Environment): Limits {
  const entries = Object.entries(LIMIT_RULES).map(([name, rule]) => [
    name,
    Number(given[rule.variable] ?? rule.fallback),
  ]);
  return Object.freeze(Object.fromEntries(entries) as Limits);
}

/** Reads and checks everything that the server is told from outside; throws a ConfigError with all mistakes at once. */
export function loadConfig(env: Environment): Config {
  const given: Environment = withoutBlanks(env);
  const server = serverVariables.extend(limitVariables).safeParse(given);
  const { HOST, SHELFMARK_JWT_ALGORITHMS } = serverVariables.shape;
  const ofFile = readIssuers(given);
  const sound = {
    host: HOST.safeParse(given.HOST).data,
    algorithms: SHELFMARK_JWT_ALGORITHMS.safeParse(given.SHELFMARK_JWT_ALGORITHMS).data,
  };
  const together = [...ofFile.problems, ...checkAuthTogether(given, sound)];
  if (given.SHELFMARK_LISTEN_URL && !given.DATABASE_URL) {
    together.push(
      "SHELFMARK_LISTEN_URL is set without DATABASE_URL; it goes with a PostgreSQL behind a transaction pooler.",
    );
  }
  const listed = readOperations(given.SHELFMARK_OPERATIONS);
  together.push(...listed.problems);
  if (!server.success || together.length > 0) throw new ConfigError([...toSentences(server.error, given), ...together]);
  const values = serverVariables.parse(given);
  const { tracing, warnings } = readTracing(given);
  return Object.freeze({
    database: Object.freeze(toDatabase(values)),
    dataFolder: values.SHELFMARK_DATA,
    host: values.HOST,
    port: values.PORT,
    auth: Object.freeze(toAuthSettings(values, ofFile.issuers)),
    corsOrigins: Object.freeze(values.SHELFMARK_CORS_ORIGINS),
    trustedProxies: Object.freeze(values.SHELFMARK_TRUSTED_PROXIES),
    operations: listed.operations,
    webhooks: Object.freeze({
      key: values.SHELFMARK_WEBHOOK_KEY ?? null,
      allow: Object.freeze(values.SHELFMARK_WEBHOOK_ALLOW),
    }),
    audit: Object.freeze({
      key: values.SHELFMARK_AUDIT_KEY ?? null,
      checkpointSeconds: values.SHELFMARK_AUDIT_CHECKPOINT_SECONDS,
    }),
    metricsToken: values.SHELFMARK_METRICS_TOKEN ?? null,
    tracing,
    logLevel: values.LOG_LEVEL,
    limits: toLimits(given),
    warnings: Object.freeze([...findUnknown(env), ...warnings]),
  });
}

/** Reads what a client command needs, so that a mistake in the server's settings does not stop it. */
export function loadClientConfig(env: Environment): ClientConfig {
  const given: Environment = withoutBlanks(env);
  const client = clientVariables.safeParse(given);
  if (!client.success) throw new ConfigError(toSentences(client.error, given));
  const { SHELFMARK_URL: url, SHELFMARK_TOKEN: token = null, SHELFMARK_DATA: dataFolder } = client.data;
  return Object.freeze({ url, token, dataFolder });
}
