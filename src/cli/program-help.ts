import { LIMIT_MEANINGS, LIMIT_RULES, type Limits } from "../config/limits.js";

const WIDTH = 110;
const VARIABLE_WIDTH = 44;
const UNITS = { _BYTES: " bytes", _MS: " ms" } as const;

function unitOf(variable: string): string {
  return Object.entries(UNITS).find(([ending]) => variable.endsWith(ending))?.[1] ?? "";
}

/** Breaks a text into lines of the width of the second column. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH - VARIABLE_WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function describeLimit(name: keyof Limits): string {
  const { variable, fallback } = LIMIT_RULES[name];
  const [first, ...rest] = wrap(`${LIMIT_MEANINGS[name]} (${fallback}${unitOf(variable)})`);
  return [
    `  ${variable}`.padEnd(VARIABLE_WIDTH) + first,
    ...rest.map((line) => " ".repeat(VARIABLE_WIDTH) + line),
  ].join("\n");
}

const limits = (Object.keys(LIMIT_RULES) as (keyof Limits)[]).map(describeLimit).join("\n");

/** What `shelfmark --help` prints after the list of commands. */
export const PROGRAM_HELP = `
Examples:
  shelfmark                                     serve, with an embedded database in ./.shelfmark
  DATABASE_URL=postgres://… shelfmark serve     serve on PostgreSQL
  shelfmark token --subject ci --scope models:read models:write --ttl 1h
  shelfmark query -e '{ viewer { actor { subject } scopes } }'
  shelfmark policy apply -f policies.yaml --dry-run
  shelfmark schema > schema.graphql

Environment variables, with their defaults in parentheses.

Server:
  DATABASE_URL                 URL of a PostgreSQL database (an embedded database in the data folder)
  SHELFMARK_DATA               data folder: embedded database, local key, webhook key, audit key (./.shelfmark)
  HOST, PORT                   address to listen on (127.0.0.1, 4000; port 0 = any free port)
  SHELFMARK_POOL_SIZE          connections to PostgreSQL (10)
  SHELFMARK_PREPARED           off = no named prepared statements, for a transaction pooler (on)
  SHELFMARK_LISTEN_URL         direct URL for LISTEN, if DATABASE_URL is a transaction pooler (DATABASE_URL)
  SHELFMARK_CORS_ORIGINS       origins whose pages may call the server, separated by commas (none)
  SHELFMARK_TRUSTED_PROXIES    IP addresses and blocks of proxies whose X-Forwarded-For is used (none)
  SHELFMARK_OPERATIONS         JSON file of the only documents that are executed, by their ids (any document)
  SHELFMARK_PUBLIC_URL         origin under which people open this server, for links in messages (none)
  SHELFMARK_CONSOLE            off = no web console at / (on)
  SHELFMARK_MLFLOW             where MLflow's API is: /mlflow, / = at the root too, off (/mlflow)
  SHELFMARK_SOURCE_SCHEMES     schemes of artifact URIs: s3,gs = only these; +acme,-http = besides the default ones
                               (those of MLflow, KServe and storage vendors; file in local mode only)
  SHELFMARK_ARTIFACT_ROOT      where files of runs are: a folder, a store like s3://bucket/mlflow, or off
                               (default: artifacts in the data folder; off with DATABASE_URL)
  SHELFMARK_ARTIFACT_QUOTA     how many bytes the files in that folder may take (none)
  SHELFMARK_WEBHOOK_KEY        base64 of 32 bytes that encrypt webhook secrets (a key in the data folder)
  SHELFMARK_WEBHOOK_ALLOW      IP addresses, blocks and hosts that webhooks may call although not public (none)
  SHELFMARK_AUDIT_KEY          PEM of the Ed25519 key that signs checkpoints of the log (a key in the data folder)
  SHELFMARK_AUDIT_CHECKPOINT_SECONDS
                               seconds between two checkpoints (600)
  SHELFMARK_METRICS_TOKEN      bearer token of GET /metrics (none: the page exists in local mode only)
  LOG_LEVEL                    fatal, error, warn, info, debug, trace or silent (info)

Authentication (without a key the server is in local mode: this machine only, with a key of its own):
  SHELFMARK_AUTH_FILE          file of issuers and of rules for their tokens; or, for a single issuer:
  SHELFMARK_JWKS_URL           URL of the issuer's keys (https; what the issuer's discovery document says), or
  SHELFMARK_JWT_PUBLIC_KEY     the issuer's public key, PEM (line ends may be written as \\n)
  SHELFMARK_JWT_ISSUER         iss claim that tokens must have
  SHELFMARK_JWT_AUDIENCE       aud claim that tokens must have
  SHELFMARK_JWT_ALGORITHMS     allowed algorithms, separated by commas (all asymmetric ones that match the key)
  SHELFMARK_JWT_GROUPS_CLAIM   path of the claim that holds the bearer's groups (groups)

Sign-in of people with OpenID Connect, in the console and by shelfmark login:
  SHELFMARK_OIDC_ISSUER        issuer with a discovery document, which the server trusts, too (none: tokens only)
  SHELFMARK_OIDC_CLIENT_ID     id of a public client there, with the redirect URI https://…/sign-in
  SHELFMARK_OIDC_CLI_CLIENT_ID the same for the command line: device flow, or http://127.0.0.1/callback with any port
                               (SHELFMARK_OIDC_CLIENT_ID)
  SHELFMARK_OIDC_SCOPES        scopes to ask for (openid offline_access)
  SHELFMARK_OIDC_RESOURCE      the API that access tokens are asked for: the audience that the server expects (none)

Traces (variables of OpenTelemetry; sent as OTLP in JSON over HTTP, if an endpoint is set):
  OTEL_EXPORTER_OTLP_ENDPOINT  URL of the collector, such as http://localhost:4318, or
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
                               the whole URL for traces
  OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TRACES_HEADERS
                               headers to send: name=value,name=value (none)
  OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES
                               name and attributes of this process (shelfmark)
  OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
                               which traces are recorded (parentbased_always_on)
  OTEL_BSP_MAX_QUEUE_SIZE      spans that wait for the collector (2048)
  OTEL_BSP_SCHEDULE_DELAY      time between two exports, in ms (5000)
  OTEL_SDK_DISABLED            true = no traces

Commands that talk to a server:
  SHELFMARK_URL                URL of its GraphQL endpoint (http://127.0.0.1:4000/graphql)
  SHELFMARK_TOKEN              bearer token (of shelfmark login; on this machine: made from the local key)

Limits of the server:
${limits}

Exit codes:
  0 done   1 refused or failed   2 mistake in the settings or on the command line
`;
