import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../support/command-fixture.js";

test("help names the commands, the variables, the limits with their meanings, and the exit codes", async () => {
  const { code, out, err } = await runCommand(["--help"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatchInlineSnapshot(`
    "Usage: shelfmark [options] [command]

    A model registry with a GraphQL API.

    Options:
      -V, --version           output the version number
      -h, --help              display help for command

    Commands:
      serve                   run the server until SIGINT or SIGTERM (the default command)
      migrate [options]       apply pending database migrations; the server does this too when it starts
      events                  manage the event log
      audit                   verify and export the event log
      keygen [options]        make a key pair for a site without an identity provider
      auth                    inspect authentication
      token [options]         make a token for a server in local mode, or sign one with a private key
      operations [options]    print the documents that watch, policy, login and shelfmark/client send, for
                              SHELFMARK_OPERATIONS
      schema                  print the GraphQL schema (SDL)
      login [options]         sign in at the issuer of a server, for query, watch and policy
      logout [options]        end what shelfmark login began, here and at the issuer
      query [options] [file]  send a query or a mutation, for scripts: any error gives an exit code other than 0
      policy                  look after policies, and ask them about a promotion
      watch [options]         run a command for the version on a stage or under an alias, or for each change
      help [command]          display help for command

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
      SHELFMARK_LIMIT_BODY_BYTES                largest body of an HTTP request (8388608 bytes)
      SHELFMARK_LIMIT_FRAME_BYTES               largest WebSocket message, and largest unread output of a
                                                WebSocket (8388608 bytes)
      SHELFMARK_LIMIT_HELD_BYTES                memory for bodies and messages without a response yet; at most a
                                                quarter for one actor (268435456 bytes)
      SHELFMARK_LIMIT_VARIABLE_DEPTH            nesting of the variables, in levels (64)
      SHELFMARK_LIMIT_VARIABLE_LIST             longest list in the variables, in elements (10000)
      SHELFMARK_LIMIT_REQUEST_MS                time to execute an operation, or a message of a subscription
                                                (30000 ms)
      SHELFMARK_LIMIT_STATEMENT_MS              time of one SQL statement, on PostgreSQL (15000 ms)
      SHELFMARK_LIMIT_RESULT_BYTES              rows that one SQL statement returns, on PostgreSQL (67108864
                                                bytes)
      SHELFMARK_LIMIT_ANSWER_CHARACTERS         all texts of one response, in characters (33554432)
      SHELFMARK_LIMIT_TOKENS                    tokens of a document (4000)
      SHELFMARK_LIMIT_DEPTH                     nesting of the fields of a document, in levels (16)
      SHELFMARK_LIMIT_ALIASES                   aliases in a document (60)
      SHELFMARK_LIMIT_DIRECTIVES                directives in a document (50)
      SHELFMARK_LIMIT_FRAGMENTS                 fragments in a document (100)
      SHELFMARK_LIMIT_COMPLEXITY                complexity of an operation, in points (20000)
      SHELFMARK_LIMIT_SUBSCRIPTION_BYTES        document and variables of a subscription, which stay in memory
                                                while it is open (65536 bytes)
      SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET  operations that are open on one WebSocket (100)
      SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER  open subscriptions of one actor (500)
      SHELFMARK_LIMIT_ADDRESS_REQUESTS          requests from one address in 10 s; a refused token counts as 20;
                                                not in local mode (120000)
      SHELFMARK_LIMIT_VIEWER_OPERATIONS         operations of one actor in 10 s; each 16 KiB sent counts as one
                                                more; not in local mode (60000)
      SHELFMARK_LIMIT_VIEWER_POINTS             points of complexity of one actor in 10 s; not in local mode
                                                (20000000)
      SHELFMARK_LIMIT_EXECUTING                 operations that are executed at the same time; at most three
                                                quarters for one actor (32)
      SHELFMARK_LIMIT_WAITING                   operations that wait for execution; at most half for one actor
                                                (160)
      SHELFMARK_LIMIT_WAIT_MS                   time that an operation waits for execution (5000 ms)
      SHELFMARK_LIMIT_TRANSFERS                 files that are sent and received at the same time; at most half
                                                for one actor (256)
      SHELFMARK_LIMIT_TRANSFER_IDLE_MS          time in which a client neither sends nor reads anything of a file
                                                (60000 ms)
      SHELFMARK_LIMIT_CONNECTIONS               open connections (20000)
      SHELFMARK_LIMIT_ADDRESS_CONNECTIONS       open connections from one address, except trusted proxies; not in
                                                local mode (5000)
      SHELFMARK_LIMIT_HEADERS_MS                time to receive the headers of a request (15000 ms)
      SHELFMARK_LIMIT_BODY_MS                   time to receive a whole request (60000 ms)
      SHELFMARK_LIMIT_KEEP_ALIVE_MS             time that a connection may be idle between two requests; longer
                                                than a balancer keeps its own (75000 ms)
      SHELFMARK_LIMIT_ANSWER_MS                 time for a client to read a response (60000 ms)
      SHELFMARK_LIMIT_CONNECTION_INIT_MS        time for a new WebSocket to send connection_init (5000 ms)
      SHELFMARK_LIMIT_GREETING_BYTES            data that a WebSocket may send before its connection_init is
                                                accepted (65536 bytes)
      SHELFMARK_LIMIT_IDLE_SOCKET_MS            time after which a WebSocket without an open operation is closed
                                                (600000 ms)
      SHELFMARK_LIMIT_PING_MS                   time between two pings; a WebSocket that does not answer before
                                                the next is disconnected (12000 ms)
      SHELFMARK_LIMIT_SHUTDOWN_MS               time to finish requests when the server stops (10000 ms)

    Exit codes:
      0 done   1 refused or failed   2 mistake in the settings or on the command line

    "
  `);
});

test("each command has help", async () => {
  for (const name of [
    "serve",
    "migrate",
    "events compact",
    "audit verify",
    "keygen",
    "auth explain",
    "token",
    "schema",
    "query",
  ]) {
    const { code, out } = await runCommand([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: shelfmark /);
  }
  expect((await runCommand(["query", "--help"])).out).toMatchInlineSnapshot(`
    "Usage: shelfmark query [options] [file]

    send a query or a mutation, for scripts: any error gives an exit code other than 0

    Arguments:
      file                        the same as -f

    Options:
      -f, --file <path>           read the document from a file (- for standard input)
      -e, --execute <text>        the document as text
      -v, --variable <key=value>  a variable; may be given several times
      -o, --operation <name>      the operation to send, if the document has several
      --url <url>                 URL of the server's GraphQL endpoint (default: SHELFMARK_URL)
      --token <token>             bearer token; other users of this machine can see it (default: SHELFMARK_TOKEN)
      -h, --help                  display help for command

    Prints the data of the response as JSON on standard output, and each error as a line on standard error:
    CODE path: message.
    A variable's value is parsed as JSON if it is valid JSON, and is a text otherwise. A String or ID is always the text.
    key=@file reads the value from a file; key=@@text is the text @text.

    Examples:
      shelfmark query -e '{ models(first: 5) { nodes { name } } }'
      shelfmark query -f promote.graphql -v model=iris -v number=3
      shelfmark query -f register.graphql -v 'input={"name":"iris"}' && echo registered

    Exit codes:
      0 a response without errors   1 an error, or no response   2 mistake on the command line or in the document

    "
  `);
});

test("the version is the package's", async () => {
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  expect(await runCommand(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
});

test("a mistake on the command line is reported in a sentence and exits with 2", async () => {
  const lines = [
    ["qurey"],
    ["serve", "now"],
    ["query", "--fiel"],
    ["token"],
    ["token", "--subject", "a"],
    ["migrate", "--dry"],
  ];
  const outcomes = await Promise.all(
    lines.map(async (line) => ({ line: line.join(" "), ...(await runCommand(line)) })),
  );
  expect(outcomes.map(({ line, code, err }) => `${line} → ${code} ${err.trim()}`).join("\n")).toMatchInlineSnapshot(`
    "qurey → 2 shelfmark: There is no command "qurey"; see shelfmark --help.
    serve now → 2 shelfmark: There is no command "now"; see shelfmark --help.
    query --fiel → 2 error: unknown option '--fiel'
    (Did you mean --file?)
    (see shelfmark --help)
    token → 2 error: required option '--subject <name>' not specified
    (see shelfmark --help)
    token --subject a → 2 error: required option '--scope <scopes...>' not specified
    (see shelfmark --help)
    migrate --dry → 2 error: unknown option '--dry'
    (see shelfmark --help)"
  `);
});

test("mistakes in the settings are reported one per line, without a stack", async () => {
  for (const command of [[], ["serve"], ["migrate"]]) {
    const { code, out, err } = await runCommand(command, { PORT: "x", HOST: "0.0.0.0", LOG_LEVEL: "loud" });
    expect([code, out]).toEqual([2, ""]);
    expect(err.trim().split("\n")).toEqual([
      expect.stringMatching(/^shelfmark: PORT is "x"; it must be /),
      expect.stringMatching(/^shelfmark: LOG_LEVEL is "loud"; it must be /),
      expect.stringMatching(/^shelfmark: HOST is "0\.0\.0\.0", but without a key /),
    ]);
  }
});

/** The packages that a module imports when it is loaded, directly or through other modules. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export)(?! type)\b[^;]*? from "([^"]+)"/gms,
  )) {
    const found = name.startsWith(".") ? packagesOf(join(dirname(file), name.replace(/\.js$/, ".ts")), seen) : [name];
    for (const each of found) packages.add(each);
  }
  return packages;
}

test("a command line loads no database and no GraphQL server before its command needs them", () => {
  const packages = [...packagesOf("src/cli/run.ts")].filter((name) => !name.startsWith("node:"));
  expect(packages.sort()).toEqual(["commander", "graphql", "jose", "pino", "yaml", "zod"]);
});
