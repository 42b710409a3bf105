import { z } from "zod";
import { LIMIT_RULES } from "./limits.js";
import {
  algorithms,
  artifactRoot,
  auditKey,
  hostName,
  httpUrl,
  jwksUrl,
  line,
  metricsToken,
  oidcIssuer,
  oidcScopes,
  oneOf,
  origins,
  path,
  postgresUrl,
  proxies,
  publicUrl,
  serverUrl,
  sourceSchemes,
  webhookAllow,
  webhookKey,
  wholeNumber,
} from "./value-rules.js";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** The variables of the limits. */
export const limitVariables = z.object(
  Object.fromEntries(
    Object.values(LIMIT_RULES).map(({ variable, min, max }) => [variable, wholeNumber(min, max).optional()]),
  ),
);

/** The variables of the server, each with the rule for its value. */
export const serverVariables = z.object({
  DATABASE_URL: postgresUrl.optional(),
  SHELFMARK_LISTEN_URL: postgresUrl.optional(),
  SHELFMARK_POOL_SIZE: wholeNumber(1, 1_000).default(10),
  SHELFMARK_PREPARED: oneOf(["on", "off"]).default("on"),
  SHELFMARK_DATA: path.prefault("./.shelfmark"),
  HOST: hostName.default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(4_000),
  SHELFMARK_AUTH_FILE: path.optional(),
  SHELFMARK_JWKS_URL: jwksUrl.optional(),
  SHELFMARK_JWT_PUBLIC_KEY: z.string().optional(),
  SHELFMARK_JWT_ISSUER: line.optional(),
  SHELFMARK_JWT_AUDIENCE: line.optional(),
  SHELFMARK_JWT_ALGORITHMS: algorithms.optional(),
  SHELFMARK_JWT_GROUPS_CLAIM: line.optional(),
  SHELFMARK_OIDC_ISSUER: oidcIssuer.optional(),
  SHELFMARK_OIDC_CLIENT_ID: line.optional(),
  SHELFMARK_OIDC_CLI_CLIENT_ID: line.optional(),
  SHELFMARK_OIDC_SCOPES: oidcScopes.prefault("openid offline_access"),
  SHELFMARK_OIDC_RESOURCE: line.optional(),
  SHELFMARK_CORS_ORIGINS: origins.default([]),
  SHELFMARK_TRUSTED_PROXIES: proxies.default([]),
  SHELFMARK_OPERATIONS: path.optional(),
  SHELFMARK_PUBLIC_URL: publicUrl.optional(),
  SHELFMARK_CONSOLE: oneOf(["on", "off"]).default("on"),
  SHELFMARK_MLFLOW: oneOf(["/mlflow", "/", "off"]).default("/mlflow"),
  SHELFMARK_SOURCE_SCHEMES: sourceSchemes.optional(),
  SHELFMARK_ARTIFACT_ROOT: artifactRoot.optional(),
  SHELFMARK_ARTIFACT_QUOTA: wholeNumber(1, 1_000_000_000_000_000, " bytes").optional(),
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

/** The variables of the commands that talk to a server. */
export const clientVariables = z.object({
  SHELFMARK_URL: serverUrl.prefault("http://127.0.0.1:4000/graphql"),
  SHELFMARK_TOKEN: z.string().optional(),
  SHELFMARK_DATA: path.prefault("./.shelfmark"),
});

export const KNOWN_VARIABLES: readonly string[] = [
  ...new Set([
    ...Object.keys(serverVariables.shape),
    ...Object.keys(clientVariables.shape),
    ...Object.keys(limitVariables.shape),
  ]),
];
