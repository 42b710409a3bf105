import { generateKeyPairSync } from "node:crypto";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadClientConfig, loadConfig } from "../../src/config/load-config.js";
import { LOCAL_SCHEMES, TEAM_SCHEMES } from "../../src/domain/values/source-schemes.js";
import { ISSUER, NO_KEY, PEM, pemOf, problemsOf } from "./environment-fixture.js";

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

test("without variables the server has an embedded database and listens on this machine only", () => {
  const { dataFolder, database, artifacts, sourceSchemes, ...rest } = loadConfig({ PATH: "/bin", HOME: "/root" });
  expect(artifacts).toEqual({ kind: "folder", folder: resolve(".shelfmark/artifacts"), quotaBytes: null });
  expect(sourceSchemes).toBe(LOCAL_SCHEMES);
  expect(dataFolder).toBe(resolve(".shelfmark"));
  expect(database).toEqual({ kind: "pglite", folder: resolve(".shelfmark/database") });
  expect(rest).toMatchInlineSnapshot(`
    {
      "audit": {
        "checkpointSeconds": 600,
        "key": null,
      },
      "auth": {
        "mode": "local",
      },
      "console": true,
      "corsOrigins": [],
      "host": "127.0.0.1",
      "limits": {
        "addressConnections": 5000,
        "addressRequests": 120000,
        "answerCharacters": 33554432,
        "answerMs": 60000,
        "bodyBytes": 8388608,
        "bodyMs": 60000,
        "connectionInitTimeoutMs": 5000,
        "connections": 20000,
        "documentAliases": 60,
        "documentComplexity": 20000,
        "documentDepth": 16,
        "documentDirectives": 50,
        "documentFragments": 100,
        "documentTokens": 4000,
        "executing": 32,
        "frameBytes": 8388608,
        "greetingBytes": 65536,
        "headersMs": 15000,
        "heldBytes": 268435456,
        "idleSocketMs": 600000,
        "keepAliveMs": 75000,
        "pingMs": 12000,
        "requestTimeoutMs": 30000,
        "resultBytes": 67108864,
        "shutdownGraceMs": 10000,
        "statementTimeoutMs": 15000,
        "subscriptionBytes": 65536,
        "subscriptionsPerSocket": 100,
        "subscriptionsPerViewer": 500,
        "transferIdleMs": 60000,
        "transfers": 256,
        "variableDepth": 64,
        "variableList": 10000,
        "viewerOperations": 60000,
        "viewerPoints": 20000000,
        "waitMs": 5000,
        "waiting": 160,
      },
      "logLevel": "info",
      "metricsToken": null,
      "mlflow": "/mlflow",
      "oidc": null,
      "operations": null,
      "port": 4000,
      "publicUrl": null,
      "tracing": null,
      "trustedProxies": [],
      "warnings": [],
      "webhooks": {
        "allow": [],
        "key": null,
      },
    }
  `);
});

test("every setting can be set, and the configuration is frozen", () => {
  const config = loadConfig({
    ...ISSUER,
    DATABASE_URL: "postgresql://shelf:s3cret@db.example:6432/registry?sslmode=require",
    SHELFMARK_LISTEN_URL: "postgres://shelf:s3cret@db.example/registry",
    SHELFMARK_POOL_SIZE: "20",
    SHELFMARK_PREPARED: "off",
    SHELFMARK_DATA: "/var/lib/shelfmark",
    HOST: "0.0.0.0",
    PORT: "0",
    SHELFMARK_JWT_ALGORITHMS: "RS256, ES256",
    SHELFMARK_JWT_GROUPS_CLAIM: "realm_access.groups",
    SHELFMARK_CORS_ORIGINS: "https://app.example.com, http://localhost:3000",
    LOG_LEVEL: "debug",
    SHELFMARK_SOURCE_SCHEMES: "s3, GS",
    SHELFMARK_LIMIT_DEPTH: "20",
    SHELFMARK_MLFLOW: "off",
  });
  expect({ ...config, limits: config.limits.documentDepth }).toMatchInlineSnapshot(`
    {
      "artifacts": {
        "kind": "off",
      },
      "audit": {
        "checkpointSeconds": 600,
        "key": null,
      },
      "auth": {
        "file": null,
        "issuers": [
          {
            "algorithms": [
              "RS256",
              "ES256",
            ],
            "audience": "shelfmark",
            "groupsClaim": "realm_access.groups",
            "issuer": "https://issuer.example",
            "keys": {
              "jwksUrl": "https://issuer.example/jwks",
            },
          },
        ],
        "mode": "issuers",
        "people": [],
      },
      "console": true,
      "corsOrigins": [
        "https://app.example.com",
        "http://localhost:3000",
      ],
      "dataFolder": "/var/lib/shelfmark",
      "database": {
        "kind": "postgres",
        "listenUrl": "postgres://shelf:s3cret@db.example/registry",
        "poolSize": 20,
        "prepared": false,
        "url": "postgresql://shelf:s3cret@db.example:6432/registry?sslmode=require",
      },
      "host": "0.0.0.0",
      "limits": 20,
      "logLevel": "debug",
      "metricsToken": null,
      "mlflow": "off",
      "oidc": null,
      "operations": null,
      "port": 0,
      "publicUrl": null,
      "sourceSchemes": [
        "s3",
        "gs",
      ],
      "tracing": null,
      "trustedProxies": [],
      "warnings": [],
      "webhooks": {
        "allow": [],
        "key": null,
      },
    }
  `);
  const parts = [config, config.database, config.auth, config.corsOrigins, config.limits, config.warnings];
  expect(parts.every(Object.isFrozen)).toBe(true);
});

test("a blank variable counts as unset, as compose files leave it", () => {
  expect(problemsOf({ DATABASE_URL: "", PORT: " ", SHELFMARK_JWKS_URL: "", LOG_LEVEL: "" })).toEqual([]);
});

test.each([
  ["https://issuer.example/jwks", []],
  ["http://localhost:8080/jwks", []],
  ["http://127.0.0.1/jwks", []],
  ["http://[::1]:8080/jwks", []],
])("keys from %s are allowed", (url, problems) => {
  expect(problemsOf({ ...ISSUER, SHELFMARK_JWKS_URL: url })).toEqual(problems);
});

describe("public keys", () => {
  test("are PEM, with real or written line ends (\\n); the algorithms are those that match the key", () => {
    for (const pem of [PEM, PEM.replaceAll("\n", "\\n")]) {
      const { auth } = loadConfig({ ...NO_KEY, SHELFMARK_JWT_PUBLIC_KEY: pem });
      expect(auth.mode === "issuers" && auth.issuers[0]).toMatchObject({
        keys: { publicKey: PEM.trim() },
        algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
      });
    }
    const { auth } = loadConfig({
      ...NO_KEY,
      SHELFMARK_JWT_PUBLIC_KEY: pemOf(ec.publicKey),
      SHELFMARK_JWT_ALGORITHMS: "RS256,ES256",
    });
    expect(auth).toMatchObject({ issuers: [{ algorithms: ["ES256"] }] });
  });
});

test("an unknown variable is a warning with the nearest known name and without its value", () => {
  const env = {
    SHELFMARK_JWKS_URI: "s3cret",
    SHELFMARK_COLOUR: "s3cret",
    SHELFMARK_TOKEN: "t",
    SHELFMARK_URL: "u",
    shelfmark_x: "",
  };
  expect(loadConfig(env).warnings).toMatchInlineSnapshot(`
    [
      "SHELFMARK_COLOUR is not a variable of Shelfmark (did you mean SHELFMARK_CONSOLE?), so it has no effect.",
      "SHELFMARK_JWKS_URI is not a variable of Shelfmark (did you mean SHELFMARK_JWKS_URL?), so it has no effect.",
    ]
  `);
});

test("a client command ignores the server's settings", () => {
  const { url, token } = loadClientConfig({
    PORT: "x",
    SHELFMARK_URL: "https://registry.example",
    SHELFMARK_TOKEN: "t",
  });
  expect([url.href, token]).toEqual(["https://registry.example/graphql", "t"]);
  expect(() => loadClientConfig({ SHELFMARK_URL: "registry.example" })).toThrowErrorMatchingInlineSnapshot(
    `[ConfigError: SHELFMARK_URL is not a URL (not shown, it may hold a password); it must be an http:// or https:// URL without user name or password.]`,
  );
});

describe("OpenTelemetry's variables", () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/otlp/" };

  test("set the endpoint of all signals or of traces alone; without one there are no traces", () => {
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/in?x=1" };
    expect(loadConfig({}).tracing).toBeNull();
    expect(loadConfig({ ...ENDPOINT, OTEL_SDK_DISABLED: "TRUE" }).tracing).toBeNull();
    expect(loadConfig(ENDPOINT).tracing?.url).toBe("http://collector:4318/otlp/v1/traces");
    expect(loadConfig({ ...ENDPOINT, ...own }).tracing?.url).toBe("https://traces.example/in?x=1");
  });

  test("are percent-decoded; the service name has precedence over its attribute", () => {
    const { tracing } = loadConfig({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%3Db, x=1",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x=2",
      OTEL_SERVICE_NAME: "registry",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=other,site=a%20b",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
    });
    expect(tracing).toMatchObject({
      headers: { "api-key": "a=b", x: "2" },
      resource: { "service.name": "registry", site: "a b" },
      sampler: "parentbased_traceidratio",
      ratio: 0.25,
    });
  });

  test("that are invalid are ignored, with a warning that does not show the value", () => {
    const { tracing, warnings } = loadConfig({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: "s3cret",
      OTEL_RESOURCE_ATTRIBUTES: "a=1,b=%zz",
      OTEL_TRACES_SAMPLER: "jaeger_remote",
      OTEL_TRACES_SAMPLER_ARG: "2",
    });
    expect(tracing).toMatchObject({
      headers: {},
      resource: { "service.name": "shelfmark" },
      sampler: "parentbased_always_on",
      ratio: 1,
      queueSize: 2_048,
      delayMs: 5_000,
    });
    expect(warnings).toEqual([
      "OTEL_RESOURCE_ATTRIBUTES is not valid and is ignored.",
      "OTEL_EXPORTER_OTLP_HEADERS is not valid and is ignored.",
      "OTEL_TRACES_SAMPLER is not valid and is ignored.",
      "OTEL_TRACES_SAMPLER_ARG is not valid and is ignored.",
    ]);
  });
});

test.each([
  ["s3,gs", ["s3", "gs"], ["s3", "gs"]],
  ["file", ["file"], ["file"]],
  ["+acme,+S3 -http", [...TEAM_SCHEMES.filter((name) => name !== "http"), "acme"], null],
  ["-file", TEAM_SCHEMES, TEAM_SCHEMES],
])("the schemes %j replace the default ones, or add to them and take from them", (text, forTeam, forLocal) => {
  expect(loadConfig({ ...ISSUER, SHELFMARK_SOURCE_SCHEMES: text }).sourceSchemes).toEqual(forTeam);
  const local = loadConfig({ SHELFMARK_SOURCE_SCHEMES: text }).sourceSchemes;
  expect([...local].sort()).toEqual([...(forLocal ?? [...forTeam, "file"])].sort());
});

test.each(["s3,+acme", "+", "s3://", "javascript", "+DATA", ",", "-htpp", "+acme,-acme"])(
  "%j chooses no schemes",
  (text) => {
    expect(problemsOf({ SHELFMARK_SOURCE_SCHEMES: text })).toEqual([
      expect.stringContaining("it must be schemes like s3,gs (only these)"),
    ]);
  },
);

describe("artifacts", () => {
  const POSTGRES = { DATABASE_URL: "postgres://db/x" };
  test.each([
    ["beside the embedded database", { SHELFMARK_DATA: "/data" }, { kind: "folder", folder: "/data/artifacts" }],
    ["with PostgreSQL", POSTGRES, { kind: "off" }],
    ["turned off", { SHELFMARK_ARTIFACT_ROOT: "off" }, { kind: "off" }],
    ["a folder", { ...POSTGRES, SHELFMARK_ARTIFACT_ROOT: "/srv/files" }, { kind: "folder", folder: "/srv/files" }],
    ["a relative folder", { SHELFMARK_ARTIFACT_ROOT: "files" }, { kind: "folder", folder: resolve("files") }],
    ["a file URL", { SHELFMARK_ARTIFACT_ROOT: "file:///srv/my%20files" }, { kind: "folder", folder: "/srv/my files" }],
    ["a bucket", { SHELFMARK_ARTIFACT_ROOT: "s3://bucket/mlflow/" }, { kind: "store", uri: "s3://bucket/mlflow" }],
    [
      "a container",
      { SHELFMARK_ARTIFACT_ROOT: "abfss://files@account.dfs.core.windows.net/mlflow" },
      { kind: "store", uri: "abfss://files@account.dfs.core.windows.net/mlflow" },
    ],
  ] as const)("%s", (_name, env, expected) => {
    const withQuota = expected.kind === "folder" ? { ...expected, quotaBytes: null } : expected;
    expect(loadConfig(env).artifacts).toEqual(withQuota);
  });

  test.each([
    ...["s3://", "s3:bucket", "https://user:secret@host/x", "s3://bucket/../x", "s3://bucket/x?sig=1", "s3://b/a b"],
    ...["mlflow-artifacts:/", "mlflow-artifacts://host/x", "models://x", "javascript://x", "file://host/x"],
  ])("%s is no place for them", (text) => {
    expect(problemsOf({ SHELFMARK_ARTIFACT_ROOT: text })).toEqual([
      expect.stringMatching(/^SHELFMARK_ARTIFACT_ROOT is .*; it must be a folder like/),
    ]);
  });

  test("a quota is for a folder", () => {
    expect(loadConfig({ SHELFMARK_ARTIFACT_QUOTA: "1000" }).artifacts).toMatchObject({ quotaBytes: 1000 });
    for (const env of [POSTGRES, { SHELFMARK_ARTIFACT_ROOT: "s3://b/x" }, { SHELFMARK_ARTIFACT_ROOT: "off" }]) {
      expect(problemsOf({ ...env, SHELFMARK_ARTIFACT_QUOTA: "1000" })).toEqual([
        "SHELFMARK_ARTIFACT_QUOTA is set, but this server keeps no artifacts; set SHELFMARK_ARTIFACT_ROOT to a folder.",
      ]);
    }
  });
});
