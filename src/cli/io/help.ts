import { LIMIT_RULES } from "../../config/limits.js";

const limits = Object.values(LIMIT_RULES)
  .map(({ variable, fallback }) => `  ${variable.padEnd(41)} ${fallback}`)
  .join("\n");

/** What `shelfmark --help` says after the list of commands. */
export const PROGRAM_HELP = `
Examples:
  shelfmark                                     serve, with an embedded database in ./.shelfmark
  DATABASE_URL=postgres://… shelfmark serve     serve on PostgreSQL
  shelfmark token --subject ci --scope models:read models:write --ttl 1h
  shelfmark query -e '{ viewer { actor { subject } scopes } }'
  shelfmark schema > schema.graphql

Server:
  DATABASE_URL                 postgres://… ; without it, an embedded database in the data folder
  SHELFMARK_DATA               data folder: embedded database, local keys and webhook key (./.shelfmark)
  HOST, PORT                   where to listen (127.0.0.1, 4000; port 0 = any free one)
  SHELFMARK_POOL_SIZE          connections to PostgreSQL (10)
  SHELFMARK_PREPARED=off       no named statements, for a transaction pooler
  SHELFMARK_LISTEN_URL         a direct URL for LISTEN, beside a transaction pooler
  SHELFMARK_CORS_ORIGINS       origins that pages may call from, separated by commas (none)
  SHELFMARK_TRUSTED_PROXIES    addresses and blocks of proxies whose X-Forwarded-For counts (none)
  SHELFMARK_OPERATIONS         a JSON file of the only documents that are executed, by their ids (any document)
  SHELFMARK_WEBHOOK_KEY        base64 of 32 bytes that encrypt webhook secrets (made in the data folder)
  SHELFMARK_AUDIT_KEY          PEM of the Ed25519 key that signs checkpoints of the log (made in the data folder)
  SHELFMARK_AUDIT_CHECKPOINT_SECONDS  how often it signs (600)
  SHELFMARK_WEBHOOK_ALLOW      addresses, blocks and hosts that webhooks may call although not public (none)
  SHELFMARK_METRICS_TOKEN      bearer token for GET /metrics (without it: no metrics, but in local mode)
  LOG_LEVEL                    fatal error warn info debug trace silent (info)

Traces (as OpenTelemetry specifies them; sent over OTLP in JSON by HTTP, if one of the endpoints is set):
  OTEL_EXPORTER_OTLP_ENDPOINT  the collector, such as http://localhost:4318, or
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT  the whole URL for traces
  OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TRACES_HEADERS  what is sent along: name=value,name=value
  OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES  what this process is called (shelfmark)
  OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG  what is traced (parentbased_always_on)
  OTEL_BSP_MAX_QUEUE_SIZE, OTEL_BSP_SCHEDULE_DELAY  spans kept for the collector, and for how long in ms (2048, 5000)
  OTEL_SDK_DISABLED=true       no traces after all

Tokens (without a key the server is in local mode: this machine only, with a key of its own):
  SHELFMARK_AUTH_FILE          a file of issuers and of rules for their tokens, in place of the others; or, for one issuer:
  SHELFMARK_JWKS_URL           where the issuer lists its keys (https), or
  SHELFMARK_JWT_PUBLIC_KEY     its public key, PEM (line ends may be written as \\n)
  SHELFMARK_JWT_ISSUER         the iss claim that tokens must carry
  SHELFMARK_JWT_AUDIENCE       the aud claim that tokens must carry
  SHELFMARK_JWT_ALGORITHMS     allowed algorithms, separated by commas (all asymmetric ones that fit the key)

Commands that talk to a server:
  SHELFMARK_URL                its GraphQL address (http://127.0.0.1:4000/graphql)
  SHELFMARK_TOKEN              the bearer token (on this machine: made from the local key)

Limits (times in milliseconds, sizes in bytes), with what holds when they are not set:
${limits}

Exit codes:
  0 done   1 refused or failed   2 mistake in the settings or on the command line
`;

export const TOKEN_HELP = `
Signs with the local key in the data folder (SHELFMARK_DATA), for servers in local mode; or, for a site without an
identity provider, with a key of its own (shelfmark keygen), for servers that trust it:
  shelfmark token --key private.pem --issuer https://ml.example --audience shelfmark --subject ci --scope models:read

Examples:
  shelfmark token --subject ci --scope models:read models:write
  shelfmark token --subject fraud-pipeline --machine --scope models:write stages:staging --models 'fraud*' --ttl 30d
  export SHELFMARK_TOKEN=$(shelfmark token --subject me --scope admin)
`;

export const QUERY_HELP = `
Prints the answer's data as JSON on standard output, and errors on standard error, one a line: CODE path: message.
A variable's value is read as JSON when it is JSON, else as text; a String or ID stays text as typed.
key=@file takes the value from a file; key=@@text is the text @text.

Examples:
  shelfmark query -e '{ models(first: 5) { nodes { name } } }'
  shelfmark query -f promote.graphql -v model=iris -v number=3
  shelfmark query -f register.graphql -v 'input={"name":"iris"}' && echo registered

Exit codes:
  0 the server answered without any error   1 an error, or no answer   2 mistake on the command line or in the document
`;

export const WATCH_HELP = `
--reconcile tells the command by SHELFMARK_MODEL, SHELFMARK_VERSION, SHELFMARK_STAGE or SHELFMARK_ALIAS, SHELFMARK_DIGEST
and, to who may read it, SHELFMARK_SOURCE; the same as JSON on standard input. A run that fails is tried again, and looks
first what stands there by then. Models are independent of each other. Run it again from nothing at any time.

Without it, the command runs once for each change, in order: SHELFMARK_MODEL, SHELFMARK_VERSION, SHELFMARK_FROM,
SHELFMARK_TO, SHELFMARK_CURSOR (and SHELFMARK_ALIAS), the event as JSON on standard input. The cursor is written when the
command has succeeded, so that after any crash it goes on where it was; the change that was under way may come twice.

Examples:
  shelfmark watch --reconcile --model 'fraud*' --stage PRODUCTION --exec ./deploy.sh
  shelfmark watch --reconcile --alias champion --exec ./deploy.sh --report prod-eu
  shelfmark watch --model 'fraud*' --to PRODUCTION --exec ./deploy.sh
  shelfmark watch --to PRODUCTION --json
`;
