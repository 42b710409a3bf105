import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/load-config.js";
import { ISSUER, NO_KEY, PEM, pemOf, problemsOf, rsa } from "./environment-fixture.js";

const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const privatePem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const MISTAKES: readonly [string, Environment][] = [
  ["another database", { DATABASE_URL: "mysql://root:s3cret@db/registry?password=s3cret" }],
  ["a database without scheme", { DATABASE_URL: "root:s3cret@db/registry" }],
  ["a database by keywords", { DATABASE_URL: "host=db password=s3cret" }],
  ["a database whose password is not encoded", { DATABASE_URL: "mysql://root:12/s3cret@db/registry" }],
  ["a database without its slashes", { DATABASE_URL: "postgres:db" }],
  ["a listen URL alone", { SHELFMARK_LISTEN_URL: "postgres://db" }],
  ["a port that is too high", { PORT: "70000" }],
  ["a database on a port that is too high", { DATABASE_URL: "postgres://me:s3cret@db:70000/registry" }],
  ["keys on a port that is too high", { ...ISSUER, SHELFMARK_JWKS_URL: "https://issuer.example:65536/jwks" }],
  ["an origin on a port that is too high", { SHELFMARK_CORS_ORIGINS: "https://app.example.com, http://a.b:99999" }],
  ["a collector on a port that is too high", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:431800" }],
  ["a port in words", { PORT: "http" }],
  ["a negative port", { PORT: "-1" }],
  ["a port in hexadecimal", { PORT: "0x50" }],
  ["an empty pool", { SHELFMARK_POOL_SIZE: "0" }],
  ["prepared neither on nor off", { SHELFMARK_PREPARED: "false" }],
  ["an unknown log level", { LOG_LEVEL: "verbose" }],
  ["too few aliases", { SHELFMARK_LIMIT_ALIASES: "29" }],
  ["a limit with a unit", { SHELFMARK_LIMIT_BODY_BYTES: "8MB" }],
  ["a public URL with a path", { SHELFMARK_PUBLIC_URL: "https://registry.example/console?key=s3cret" }],
  ["a public URL that is no web address", { SHELFMARK_PUBLIC_URL: "registry.example" }],
  ["any origin", { SHELFMARK_CORS_ORIGINS: "*" }],
  ["an origin with a path", { SHELFMARK_CORS_ORIGINS: "https://app.example.com/" }],
  ["an origin with a password", { SHELFMARK_CORS_ORIGINS: "https://app:s3cret@app.example.com" }],
  ["a host with a port", { HOST: "127.0.0.1:4000" }],
  ["local mode for everyone", { HOST: "0.0.0.0" }],
  ["local mode for everyone, version 6", { HOST: "::" }],
  ["keys over plain http", { ...ISSUER, SHELFMARK_JWKS_URL: "http://issuer.example/jwks" }],
  ["keys from a file", { ...ISSUER, SHELFMARK_JWKS_URL: "file:///etc/jwks.json" }],
  ["keys with a password", { ...ISSUER, SHELFMARK_JWKS_URL: "https://me:s3cret@issuer.example/jwks" }],
  ["both keys", { ...ISSUER, SHELFMARK_JWT_PUBLIC_KEY: PEM }],
  ["a key without issuer and audience", { SHELFMARK_JWKS_URL: ISSUER.SHELFMARK_JWKS_URL, HOST: "0.0.0.0" }],
  ["issuer and audience without a key", { ...NO_KEY, SHELFMARK_JWT_ISSUER: "our-issuer" }],
  ["an issuer to discover keys at, without an audience", { SHELFMARK_JWT_ISSUER: "https://issuer.example" }],
  ["algorithms without a key", { SHELFMARK_JWT_ALGORITHMS: "RS256" }],
  ["a claim of groups without a key", { SHELFMARK_JWT_GROUPS_CLAIM: "groups" }],
  ["a client without an issuer to sign in with", { SHELFMARK_OIDC_CLIENT_ID: "console" }],
  ["an issuer to sign in with in local mode", { SHELFMARK_OIDC_ISSUER: "https://issuer.example" }],
  [
    "an issuer to sign in with over plain http, and scopes without openid",
    {
      ...{ ...ISSUER, SHELFMARK_OIDC_ISSUER: "http://issuer.example", SHELFMARK_OIDC_CLIENT_ID: "console" },
      SHELFMARK_OIDC_SCOPES: "models:read",
    },
  ],
  ["a claim of groups of two lines", { ...ISSUER, SHELFMARK_JWT_GROUPS_CLAIM: "a\nb" }],
  ["a shared secret", { ...ISSUER, SHELFMARK_JWT_ALGORITHMS: "RS256,HS256" }],
  ["the algorithm none", { ...ISSUER, SHELFMARK_JWT_ALGORITHMS: "none" }],
  [
    "an algorithm that does not match the key",
    { ...NO_KEY, SHELFMARK_JWT_PUBLIC_KEY: PEM, SHELFMARK_JWT_ALGORITHMS: "ES256" },
  ],
  ["an invalid key", { ...NO_KEY, SHELFMARK_JWT_PUBLIC_KEY: "s3cret" }],
  ["a private key", { ...NO_KEY, SHELFMARK_JWT_PUBLIC_KEY: privatePem }],
  ["a weak key", { ...NO_KEY, SHELFMARK_JWT_PUBLIC_KEY: pemOf(weak.publicKey) }],
  ["a webhook key that is too short", { SHELFMARK_WEBHOOK_KEY: "s3cretabc" }],
  ["a token for metrics that is too short", { SHELFMARK_METRICS_TOKEN: "s3cret" }],
  ["a collector without scheme", { OTEL_EXPORTER_OTLP_ENDPOINT: "me:s3cret@collector:4317" }],
  ["an audit key of another type", { SHELFMARK_AUDIT_KEY: privatePem }],
  ["an invalid audit key", { SHELFMARK_AUDIT_KEY: "s3cret" }],
  ["an invalid block", { SHELFMARK_WEBHOOK_ALLOW: "10.0.0.0/33" }],
  ["a host with a scheme", { SHELFMARK_WEBHOOK_ALLOW: "hooks.internal, https://hooks.internal" }],
  ["schemes with and without a sign", { SHELFMARK_SOURCE_SCHEMES: "s3,+acme" }],
  ["a scheme that runs code", { SHELFMARK_SOURCE_SCHEMES: "+javascript" }],
  ["an issuer of two lines", { ...ISSUER, SHELFMARK_JWT_ISSUER: "a\nb" }],
];

test("each mistake is one sentence that names what is allowed, without secrets", () => {
  const sentences = MISTAKES.map(([what, env]) => `${what}:\n  ${problemsOf(env).join("\n  ")}`).join("\n");
  expect(sentences).not.toContain("s3cret");
  expect(sentences).not.toContain("BEGIN RSA");
  expect(sentences).toMatchInlineSnapshot(`
    "another database:
      DATABASE_URL is mysql://***@db/registry?…; it must be a URL that begins with postgres:// or postgresql://.
    a database without scheme:
      DATABASE_URL is not a URL (not shown, it may hold a password); it must be a URL that begins with postgres:// or postgresql://.
    a database by keywords:
      DATABASE_URL is not a URL (not shown, it may hold a password); it must be a URL that begins with postgres:// or postgresql://.
    a database whose password is not encoded:
      DATABASE_URL is not a URL (not shown, it may hold a password); it must be a URL that begins with postgres:// or postgresql://.
    a database without its slashes:
      DATABASE_URL is not a URL (not shown, it may hold a password); it must be a URL that begins with postgres:// or postgresql://.
    a listen URL alone:
      SHELFMARK_LISTEN_URL is set without DATABASE_URL; it is for a PostgreSQL behind a transaction pooler.
    a port that is too high:
      PORT is "70000"; it must be a whole number from 0 to 65535.
    a database on a port that is too high:
      DATABASE_URL is not a URL (not shown, it may hold a password); it must have a port of at most 65535.
    keys on a port that is too high:
      SHELFMARK_JWKS_URL is not a URL (not shown, it may hold a password); it must have a port of at most 65535.
    an origin on a port that is too high:
      SHELFMARK_CORS_ORIGINS is "https://app.example.com, http://a.b:99999"; it must have a port of at most 65535.
    a collector on a port that is too high:
      OTEL_EXPORTER_OTLP_ENDPOINT is not a URL (not shown, it may hold a password); it must have a port of at most 65535.
    a port in words:
      PORT is "http"; it must be a whole number from 0 to 65535.
    a negative port:
      PORT is "-1"; it must be a whole number from 0 to 65535.
    a port in hexadecimal:
      PORT is "0x50"; it must be a whole number from 0 to 65535.
    an empty pool:
      SHELFMARK_POOL_SIZE is "0"; it must be a whole number from 1 to 1000.
    prepared neither on nor off:
      SHELFMARK_PREPARED is "false"; it must be one of on, off.
    an unknown log level:
      LOG_LEVEL is "verbose"; it must be one of fatal, error, warn, info, debug, trace, silent.
    too few aliases:
      SHELFMARK_LIMIT_ALIASES is "29"; it must be a whole number from 30 to 10000.
    a limit with a unit:
      SHELFMARK_LIMIT_BODY_BYTES is "8MB"; it must be a whole number from 1024 to 1073741824.
    a public URL with a path:
      SHELFMARK_PUBLIC_URL is https://registry.example/console?…; it must be an http:// or https:// URL without user name, password or path, such as https://shelfmark.example.com.
    a public URL that is no web address:
      SHELFMARK_PUBLIC_URL is not a URL (not shown, it may hold a password); it must be an http:// or https:// URL without user name, password or path, such as https://shelfmark.example.com.
    any origin:
      SHELFMARK_CORS_ORIGINS is "*"; it must be exact origins like https://app.example.com, separated by commas, without path, wildcard or trailing slash.
    an origin with a path:
      SHELFMARK_CORS_ORIGINS is "https://app.example.com/"; it must be exact origins like https://app.example.com, separated by commas, without path, wildcard or trailing slash.
    an origin with a password:
      SHELFMARK_CORS_ORIGINS is "https://***@app.example.com"; it must be exact origins like https://app.example.com, separated by commas, without path, wildcard or trailing slash.
    a host with a port:
      HOST is "127.0.0.1:4000"; it must be a host name or an IP address, without port.
    local mode for everyone:
      HOST is "0.0.0.0", but without a key the server is in local mode, which listens on this machine only; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE, or set HOST to 127.0.0.1, ::1 or localhost.
    local mode for everyone, version 6:
      HOST is "::", but without a key the server is in local mode, which listens on this machine only; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE, or set HOST to 127.0.0.1, ::1 or localhost.
    keys over plain http:
      SHELFMARK_JWKS_URL is http://issuer.example/jwks; it must be an https:// URL without user name or password (http:// only for this machine: localhost, 127.0.0.1).
    keys from a file:
      SHELFMARK_JWKS_URL is file:///etc/jwks.json; it must be an https:// URL without user name or password (http:// only for this machine: localhost, 127.0.0.1).
    keys with a password:
      SHELFMARK_JWKS_URL is https://***@issuer.example/jwks; it must be an https:// URL without user name or password (http:// only for this machine: localhost, 127.0.0.1).
    both keys:
      SHELFMARK_JWKS_URL and SHELFMARK_JWT_PUBLIC_KEY are both set; set the one that your tokens are signed with.
    a key without issuer and audience:
      SHELFMARK_JWT_ISSUER is not set; with a key it must hold the iss claim that tokens must have.
      SHELFMARK_JWT_AUDIENCE is not set; with a key it must hold the aud claim that tokens must have.
    issuer and audience without a key:
      SHELFMARK_JWT_ISSUER is set without a key; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE too, or unset SHELFMARK_JWT_ISSUER for local mode.
      SHELFMARK_JWT_AUDIENCE is set without a key; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE too, or unset SHELFMARK_JWT_AUDIENCE for local mode.
    an issuer to discover keys at, without an audience:
      SHELFMARK_JWT_AUDIENCE is not set; with a key it must hold the aud claim that tokens must have.
    algorithms without a key:
      SHELFMARK_JWT_ALGORITHMS is set without a key; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE too, or unset SHELFMARK_JWT_ALGORITHMS for local mode.
    a claim of groups without a key:
      SHELFMARK_JWT_GROUPS_CLAIM is set without a key; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE too, or unset SHELFMARK_JWT_GROUPS_CLAIM for local mode.
    a client without an issuer to sign in with:
      SHELFMARK_OIDC_CLIENT_ID is set without SHELFMARK_OIDC_ISSUER; set the issuer too, or unset SHELFMARK_OIDC_CLIENT_ID.
    an issuer to sign in with in local mode:
      SHELFMARK_OIDC_CLIENT_ID is not set; with SHELFMARK_OIDC_ISSUER it must be the id of a public client at that issuer.
      SHELFMARK_OIDC_ISSUER is set, but the server is in local mode and trusts no issuer; set SHELFMARK_JWT_ISSUER and SHELFMARK_JWT_AUDIENCE, or SHELFMARK_AUTH_FILE.
    an issuer to sign in with over plain http, and scopes without openid:
      SHELFMARK_OIDC_ISSUER is "http://issuer.example"; it must be the issuer's https:// URL, exactly as its discovery document names it, without query (http:// only for this machine).
      SHELFMARK_OIDC_SCOPES is "models:read"; it must be scopes separated by blanks, openid among them, such as openid offline_access models:read.
    a claim of groups of two lines:
      SHELFMARK_JWT_GROUPS_CLAIM is "a\\nb"; it must be one line of at most 1024 characters.
    a shared secret:
      SHELFMARK_JWT_ALGORITHMS is "RS256,HS256"; it must be one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, separated by commas (never HS*: those need a shared secret).
    the algorithm none:
      SHELFMARK_JWT_ALGORITHMS is "none"; it must be one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, separated by commas (never HS*: those need a shared secret).
    an algorithm that does not match the key:
      SHELFMARK_JWT_ALGORITHMS is ES256, which does not match the key in SHELFMARK_JWT_PUBLIC_KEY; it must name at least one of RS256, RS384, RS512, PS256, PS384, PS512.
    an invalid key:
      SHELFMARK_JWT_PUBLIC_KEY cannot be used: it is not a PEM that begins with "-----BEGIN PUBLIC KEY-----". It must be a public key in PEM, RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.
    a private key:
      SHELFMARK_JWT_PUBLIC_KEY cannot be used: it is a private key; give only its public half. It must be a public key in PEM, RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.
    a weak key:
      SHELFMARK_JWT_PUBLIC_KEY cannot be used: it is an RSA key of 1024 bits, and at least 2048 bits are required. It must be a public key in PEM, RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.
    a webhook key that is too short:
      SHELFMARK_WEBHOOK_KEY is set (not shown); it must be the base64 of 32 bytes; make one with: openssl rand -base64 32.
    a token for metrics that is too short:
      SHELFMARK_METRICS_TOKEN is set (not shown); it must be 16 to 1024 characters that are allowed in a bearer token; make one with: openssl rand -hex 32.
    a collector without scheme:
      OTEL_EXPORTER_OTLP_ENDPOINT is not a URL (not shown, it may hold a password); it must be an http:// or https:// URL.
    an audit key of another type:
      SHELFMARK_AUDIT_KEY is set (not shown); it must be an Ed25519 private key in PEM; make one with: openssl genpkey -algorithm ed25519.
    an invalid audit key:
      SHELFMARK_AUDIT_KEY is set (not shown); it must be an Ed25519 private key in PEM; make one with: openssl genpkey -algorithm ed25519.
    an invalid block:
      SHELFMARK_WEBHOOK_ALLOW is "10.0.0.0/33"; it must be IP addresses, blocks like 10.1.0.0/16 or host names, separated by commas.
    a host with a scheme:
      SHELFMARK_WEBHOOK_ALLOW is "hooks.internal, https://hooks.internal"; it must be IP addresses, blocks like 10.1.0.0/16 or host names, separated by commas.
    schemes with and without a sign:
      SHELFMARK_SOURCE_SCHEMES is "s3,+acme"; it must be schemes like s3,gs (only these), or all with a sign like +acme,-http (besides the default ones; a minus only before one of them), separated by commas; never javascript, vbscript, data or blob.
    a scheme that runs code:
      SHELFMARK_SOURCE_SCHEMES is "+javascript"; it must be schemes like s3,gs (only these), or all with a sign like +acme,-http (besides the default ones; a minus only before one of them), separated by commas; never javascript, vbscript, data or blob.
    an issuer of two lines:
      SHELFMARK_JWT_ISSUER is "a\\nb"; it must be one line of at most 1024 characters."
  `);
});

test("all mistakes are reported at once", () => {
  const env = { DATABASE_URL: "db", PORT: "x", HOST: "0.0.0.0", LOG_LEVEL: "loud", SHELFMARK_JWT_ISSUER: "me" };
  expect(problemsOf(env)).toMatchInlineSnapshot(`
    [
      "DATABASE_URL is not a URL (not shown, it may hold a password); it must be a URL that begins with postgres:// or postgresql://.",
      "PORT is "x"; it must be a whole number from 0 to 65535.",
      "LOG_LEVEL is "loud"; it must be one of fatal, error, warn, info, debug, trace, silent.",
      "SHELFMARK_JWT_ISSUER is set without a key; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE too, or unset SHELFMARK_JWT_ISSUER for local mode.",
      "HOST is "0.0.0.0", but without a key the server is in local mode, which listens on this machine only; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE, or set HOST to 127.0.0.1, ::1 or localhost.",
    ]
  `);
});
