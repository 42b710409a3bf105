import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCommand } from "../support/command-fixture.js";

test("help names the commands, the variables and the exit codes", async () => {
  const { code, out, err } = await runCommand(["--help"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatchInlineSnapshot(`
    "Usage: shelfmark [options] [command]

    A model registry that speaks GraphQL.

    Options:
      -V, --version      output the version number
      -h, --help         display help for command

    Commands:
      serve              run the server until it is asked to stop (what happens without a command)
      migrate [options]  bring the database up to date; the server does so too when it starts
      events             look after the log of events
      audit              prove that the log is what was written
      keygen [options]   make a key pair for a site that has no identity provider
      auth               look into who may do what
      token [options]    make a token for a server in local mode, or with a key of the site's own
      operations         print the documents that watch and the client module send, for SHELFMARK_OPERATIONS
      schema             print the GraphQL schema (SDL)
      query [options]    send a query or a mutation, for scripts: any error ends it with an exit code that is not
                         0
      watch [options]    run a command for what stands on a stage or under an alias, or for each change, and miss
                         none
      help [command]     display help for command

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
      SHELFMARK_LIMIT_BODY_BYTES                8388608
      SHELFMARK_LIMIT_FRAME_BYTES               8388608
      SHELFMARK_LIMIT_HELD_BYTES                268435456
      SHELFMARK_LIMIT_TOKENS                    4000
      SHELFMARK_LIMIT_DEPTH                     16
      SHELFMARK_LIMIT_ALIASES                   60
      SHELFMARK_LIMIT_DIRECTIVES                50
      SHELFMARK_LIMIT_FRAGMENTS                 100
      SHELFMARK_LIMIT_COMPLEXITY                20000
      SHELFMARK_LIMIT_ANSWER_CHARACTERS         33554432
      SHELFMARK_LIMIT_REQUEST_MS                30000
      SHELFMARK_LIMIT_STATEMENT_MS              15000
      SHELFMARK_LIMIT_RESULT_BYTES              67108864
      SHELFMARK_LIMIT_SUBSCRIPTION_BYTES        65536
      SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET  100
      SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER  500
      SHELFMARK_LIMIT_CONNECTION_INIT_MS        5000
      SHELFMARK_LIMIT_ADDRESS_REQUESTS          6000
      SHELFMARK_LIMIT_VIEWER_OPERATIONS         3000
      SHELFMARK_LIMIT_VIEWER_POINTS             1000000
      SHELFMARK_LIMIT_EXECUTING                 32
      SHELFMARK_LIMIT_WAITING                   160
      SHELFMARK_LIMIT_WAIT_MS                   5000
      SHELFMARK_LIMIT_CONNECTIONS               20000
      SHELFMARK_LIMIT_ADDRESS_CONNECTIONS       5000
      SHELFMARK_LIMIT_GREETING_BYTES            65536
      SHELFMARK_LIMIT_HEADERS_MS                15000
      SHELFMARK_LIMIT_BODY_MS                   60000
      SHELFMARK_LIMIT_ANSWER_MS                 60000
      SHELFMARK_LIMIT_IDLE_SOCKET_MS            600000
      SHELFMARK_LIMIT_PING_MS                   12000
      SHELFMARK_LIMIT_VARIABLE_DEPTH            64
      SHELFMARK_LIMIT_VARIABLE_LIST             10000
      SHELFMARK_LIMIT_SHUTDOWN_MS               10000

    Exit codes:
      0 done   1 refused or failed   2 mistake in the settings or on the command line

    "
  `);
});

test("each command has help, with examples where it takes options", async () => {
  for (const name of ["serve", "migrate", "token", "schema", "query"]) {
    const { code, out } = await runCommand([name, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: shelfmark /);
  }
  expect((await runCommand(["query", "--help"])).out).toMatchInlineSnapshot(`
    "Usage: shelfmark query [options]

    send a query or a mutation, for scripts: any error ends it with an exit code that is not 0

    Options:
      -f, --file <path>           the document, from a file (- for standard input)
      -e, --execute <text>        the document, as text
      -v, --variable <key=value>  a variable; may come many times
      -o, --operation <name>      which operation, when the document holds several
      --url <url>                 the server's address (SHELFMARK_URL)
      --token <token>             the bearer token (SHELFMARK_TOKEN, which other users of this machine cannot see)
      -h, --help                  display help for command

    Prints the answer's data as JSON on standard output, and errors on standard error, one a line: CODE path: message.
    A variable's value is read as JSON when it is JSON, else as text; a String or ID stays text as typed.
    key=@file takes the value from a file; key=@@text is the text @text.

    Examples:
      shelfmark query -e '{ models(first: 5) { nodes { name } } }'
      shelfmark query -f promote.graphql -v model=iris -v number=3
      shelfmark query -f register.graphql -v 'input={"name":"iris"}' && echo registered

    Exit codes:
      0 the server answered without any error   1 an error, or no answer   2 mistake on the command line or in the document

    "
  `);
});

test("the version is the package's", async () => {
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  expect(await runCommand(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
});

test("what is typed wrongly is told in a sentence, and exits with 2", async () => {
  const lines = [
    ["qurey"],
    ["serve", "now"],
    ["query", "--fiel"],
    ["token"],
    ["token", "--subject", "a"],
    ["migrate", "--dry"],
  ];
  const told = await Promise.all(lines.map(async (line) => ({ line: line.join(" "), ...(await runCommand(line)) })));
  expect(told.map(({ line, code, err }) => `${line} → ${code} ${err.trim()}`).join("\n")).toMatchInlineSnapshot(`
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

test("mistakes in the settings are told one a line, without a stack", async () => {
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
