import { join } from "node:path";
import type { z } from "zod";
import { chooseSchemes, LOCAL_SCHEMES, TEAM_SCHEMES } from "../domain/values/source-schemes.js";
import { checkAuthTogether, readIssuersFile, toAuthSettings } from "./auth-settings.js";
import type { ArtifactSettings, ClientConfig, Config, DatabaseSettings } from "./config.js";
import { describeIssues, type Environment, pickKnown, warnOfUnknown } from "./environment.js";
import { toLimits } from "./limits.js";
import { MistakesError } from "./mistakes.js";
import { checkOidcTogether, toOidcSettings, warnOfOidc } from "./oidc-settings.js";
import { readOperations } from "./operations.js";
import { readTracing } from "./tracing-settings.js";
import { clientVariables, limitVariables, serverVariables } from "./variables.js";

export type { AuthSettings } from "./auth-settings.js";
export type { ArtifactSettings, ClientConfig, Config, DatabaseSettings, OidcSettings } from "./config.js";
export type { Environment } from "./environment.js";
export type { Limits } from "./limits.js";

/** Mistakes in the environment variables. */
export class ConfigError extends MistakesError {
  override readonly name = "ConfigError";
}

/** Reads and checks all settings of the server. Throws a ConfigError with every mistake. */
export function loadConfig(env: Environment): Config {
  const given = pickKnown(env);
  const server = serverVariables.safeParse(given);
  const limits = limitVariables.safeParse(given);
  const files = readFiles(given);
  const problems = [
    ...describeIssues(server.error, given),
    ...describeIssues(limits.error, given),
    ...files.problems,
    ...checkTogether(given),
    ...checkOidcTogether(given),
  ];
  if (!server.success || problems.length > 0) throw new ConfigError(problems);
  const { tracing, warnings } = readTracing(given);
  const settings = toServerSettings(server.data, files);
  return Object.freeze({
    ...settings,
    tracing,
    limits: toLimits(given),
    warnings: Object.freeze([...warnOfUnknown(env), ...warnings, ...warnOfOidc(settings)]),
  });
}

/** Reads the settings of a client command. Mistakes in the server's settings do not stop it. */
export function loadClientConfig(env: Environment): ClientConfig {
  const given = pickKnown(env);
  const client = clientVariables.safeParse(given);
  if (!client.success) throw new ConfigError(describeIssues(client.error, given));
  const { SHELFMARK_URL: url, SHELFMARK_TOKEN: token = null, SHELFMARK_DATA: dataFolder } = client.data;
  return Object.freeze({ url, token, dataFolder });
}

/** The options with which the database of a configuration is opened. */
export function databaseOptions({ database, limits }: Config) {
  const { statementTimeoutMs, resultBytes } = limits;
  return { ...database, statementTimeoutMs, resultBytes };
}

/** The files that variables name. */
function readFiles(given: Environment) {
  const auth = readIssuersFile(given);
  const listed = readOperations(given.SHELFMARK_OPERATIONS);
  return {
    authFile: auth.content,
    operations: listed.operations,
    problems: [...auth.problems, ...listed.problems],
  };
}

/** Mistakes in how variables are combined. Found also when other variables have mistakes of their own. */
function checkTogether(given: Environment): string[] {
  const { HOST, SHELFMARK_JWT_ALGORITHMS } = serverVariables.shape;
  const problems = checkAuthTogether(given, {
    host: HOST.safeParse(given.HOST).data,
    algorithms: SHELFMARK_JWT_ALGORITHMS.safeParse(given.SHELFMARK_JWT_ALGORITHMS).data,
  });
  if (given.SHELFMARK_LISTEN_URL && !given.DATABASE_URL) {
    problems.push(
      "SHELFMARK_LISTEN_URL is set without DATABASE_URL; it is for a PostgreSQL behind a transaction pooler.",
    );
  }
  const values = serverVariables.safeParse(given).data;
  if (values?.SHELFMARK_ARTIFACT_QUOTA && toArtifacts(values).kind !== "folder") {
    problems.push(
      "SHELFMARK_ARTIFACT_QUOTA is set, but this server keeps no artifacts; set SHELFMARK_ARTIFACT_ROOT to a folder.",
    );
  }
  return problems;
}

type Values = z.infer<typeof serverVariables>;
type Files = Pick<ReturnType<typeof readFiles>, "authFile" | "operations">;

function toServerSettings(values: Values, { authFile, operations }: Files) {
  const auth = Object.freeze(toAuthSettings(values, authFile));
  const defaultSchemes = auth.mode === "local" ? LOCAL_SCHEMES : TEAM_SCHEMES;
  return {
    database: Object.freeze(toDatabase(values)),
    dataFolder: values.SHELFMARK_DATA,
    host: values.HOST,
    port: values.PORT,
    auth,
    oidc: toOidcSettings(values),
    corsOrigins: Object.freeze(values.SHELFMARK_CORS_ORIGINS),
    trustedProxies: Object.freeze(values.SHELFMARK_TRUSTED_PROXIES),
    operations,
    sourceSchemes: Object.freeze(chooseSchemes(defaultSchemes, values.SHELFMARK_SOURCE_SCHEMES)),
    publicUrl: values.SHELFMARK_PUBLIC_URL ?? null,
    console: values.SHELFMARK_CONSOLE === "on",
    mlflow: values.SHELFMARK_MLFLOW,
    artifacts: Object.freeze(toArtifacts(values)),
    webhooks: Object.freeze({
      key: values.SHELFMARK_WEBHOOK_KEY ?? null,
      allow: Object.freeze(values.SHELFMARK_WEBHOOK_ALLOW),
    }),
    audit: Object.freeze({
      key: values.SHELFMARK_AUDIT_KEY ?? null,
      checkpointSeconds: values.SHELFMARK_AUDIT_CHECKPOINT_SECONDS,
    }),
    metricsToken: values.SHELFMARK_METRICS_TOKEN ?? null,
    logLevel: values.LOG_LEVEL,
  };
}

function toDatabase(values: Values): DatabaseSettings {
  if (!values.DATABASE_URL) return { kind: "pglite", folder: join(values.SHELFMARK_DATA, "database") };
  return {
    kind: "postgres",
    url: values.DATABASE_URL,
    ...(values.SHELFMARK_LISTEN_URL ? { listenUrl: values.SHELFMARK_LISTEN_URL } : {}),
    poolSize: values.SHELFMARK_POOL_SIZE,
    prepared: values.SHELFMARK_PREPARED === "on",
  };
}

/**
 * Beside the embedded database, a folder. With PostgreSQL a folder must be named: the disk of one of several servers is not
 * where a team looks for its models, and that of a container is gone with it.
 */
function toArtifacts(values: Values): ArtifactSettings {
  const { SHELFMARK_ARTIFACT_ROOT: root, SHELFMARK_ARTIFACT_QUOTA: quotaBytes = null } = values;
  if (root === "off") return { kind: "off" };
  if (root && "uri" in root) return { kind: "store", uri: root.uri };
  if (root) return { kind: "folder", folder: root.folder, quotaBytes };
  if (values.DATABASE_URL) return { kind: "off" };
  return { kind: "folder", folder: join(values.SHELFMARK_DATA, "artifacts"), quotaBytes };
}
