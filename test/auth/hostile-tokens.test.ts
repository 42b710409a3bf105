import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import {
  base64url,
  CLAIMS,
  ec,
  NOW,
  otherEc,
  outcome,
  pemOf,
  rsa,
  SECONDS,
  settings,
  sign,
  without,
} from "./token-fixture.js";

const OTHER_ALGORITHM =
  "UNAUTHENTICATED: The token is signed with an algorithm that is not allowed here; allowed are ES256.";
const MALFORMED = "UNAUTHENTICATED: The token is not a well-formed JWT.";
const WRONG_SIGNATURE = "UNAUTHENTICATED: The token's signature does not match the issuer's key.";

test("a valid token is accepted", async () => {
  expect(await outcome(await sign(CLAIMS))).toBe("ok");
});

describe("algorithms and keys", () => {
  test("alg none is refused, with and without a signature", async () => {
    const signature = (await sign(CLAIMS)).split(".")[2];
    for (const alg of ["none", "None", "NONE", "", null]) {
      const unsigned = `${base64url({ alg })}.${base64url(CLAIMS)}`;
      const refused = [await outcome(`${unsigned}.`), await outcome(`${unsigned}.${signature}`)];
      expect(refused).toEqual(Array(2).fill(alg ? OTHER_ALGORITHM : MALFORMED));
    }
  });

  test.each(["HS256", "HS384", "HS512"])("%s with the public key as its secret is refused", async (alg) => {
    const signed = `${base64url({ alg })}.${base64url(CLAIMS)}`;
    const hash = `sha${alg.slice(2)}`;
    const der = ec.publicKey.export({ type: "spki", format: "der" });
    for (const secret of [pemOf(ec.publicKey), pemOf(ec.publicKey).trim(), der]) {
      const mac = createHmac(hash, secret).update(signed).digest("base64url");
      expect(await outcome(`${signed}.${mac}`)).toBe(OTHER_ALGORITHM);
    }
  });

  test("an algorithm for another type of key is refused, even when it is allowed", async () => {
    const lenient = createTokenVerifier({ ...settings, algorithms: ["ES256", "RS256", "EdDSA"] });
    expect(await outcome(await sign(CLAIMS, { alg: "RS256" }, rsa.privateKey), lenient)).toMatchInlineSnapshot(
      `"UNAUTHENTICATED: The token requires an algorithm or an extension that is not supported."`,
    );
    expect(await outcome(await sign(CLAIMS, { alg: "RS256" }, rsa.privateKey))).toBe(OTHER_ALGORITHM);
  });

  test("another key, a changed claim and a truncated signature are refused", async () => {
    const [header, payload, signature = ""] = (await sign(CLAIMS)).split(".");
    expect(await outcome(await sign(CLAIMS, {}, otherEc.privateKey))).toBe(WRONG_SIGNATURE);
    const forged = base64url({ ...CLAIMS, scope: "admin" });
    expect(await outcome(`${header}.${forged}.${signature}`)).toBe(WRONG_SIGNATURE);
    expect(await outcome(`${header}.${payload}.${signature.slice(0, -4)}`)).toBe(WRONG_SIGNATURE);
    expect(await outcome(`${header}.${payload}.`)).toBe(WRONG_SIGNATURE);
    expect(await outcome(`${header}.${payload}.${Buffer.alloc(64).toString("base64url")}`)).toBe(WRONG_SIGNATURE);
  });

  test("an RSA key below 2048 bits is refused in the settings", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const keys = { publicKey: pemOf(weak.publicKey) };
    expect(() => createTokenVerifier({ ...settings, algorithms: ["RS256"], keys })).toThrowErrorMatchingInlineSnapshot(
      `[UnusableKeyError: it is an RSA key of 1024 bits, and at least 2048 bits are required]`,
    );
  });

  test("keys and URLs in the token itself are ignored", async () => {
    let calls = 0;
    const server = createServer((_, response) => {
      calls++;
      exportJWK(otherEc.publicKey).then((jwk) => response.end(JSON.stringify({ keys: [jwk] })));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const jwk = await exportJWK(otherEc.publicKey);
    for (const header of [{ jwk }, { jku: url }, { x5u: url }, { jwk, jku: url, x5u: url, kid: url }]) {
      expect(await outcome(await sign(CLAIMS, header, otherEc.privateKey))).toBe(WRONG_SIGNATURE);
      expect(await outcome(await sign(CLAIMS, header))).toBe("ok");
    }
    expect(calls).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("header", () => {
  test("critical extensions are refused", async () => {
    const signBy = (header: object) => {
      const signed = `${base64url(header)}.${base64url(CLAIMS)}`;
      const key = { key: ec.privateKey, dsaEncoding: "ieee-p1363" } as const;
      return `${signed}.${signBytes("sha256", Buffer.from(signed), key).toString("base64url")}`;
    };
    expect(await outcome(signBy({ alg: "ES256", crit: ["exp"], exp: 1 }))).toMatchInlineSnapshot(
      `"UNAUTHENTICATED: The token requires an algorithm or an extension that is not supported."`,
    );
    expect(await outcome(signBy({ alg: "ES256", crit: [] }))).toBe(MALFORMED);
    expect(await outcome(signBy({ alg: "ES256", crit: ["b64"], b64: true }))).toMatchInlineSnapshot(
      `"UNAUTHENTICATED: The token requires an algorithm or an extension that is not supported."`,
    );
    expect(await outcome(signBy({ alg: "ES256", crit: ["b64"], b64: false }))).toMatch(/^UNAUTHENTICATED: /);
    expect(await outcome(signBy({ alg: "ES256" }))).toBe("ok");
  });

  test.each(["JWT", "jwt", "at+jwt", "application/at+jwt"])("type %s is accepted", async (typ) => {
    expect(await outcome(await sign(CLAIMS, { typ }))).toBe("ok");
  });

  test.each(["dpop+jwt", "logout+jwt", "secevent+jwt", "JWS", ""])("type %j is refused", async (typ) => {
    expect(await outcome(await sign(CLAIMS, { typ }))).toBe(
      "UNAUTHENTICATED: The token's typ header must be JWT or at+jwt.",
    );
  });
});

test("claims that are missing, wrong or not storable are refused", async () => {
  const tokens: [string, unknown][] = [
    ["another issuer", { ...CLAIMS, iss: "https://issuer.example/" }],
    ["several issuers", { ...CLAIMS, iss: [CLAIMS.iss] }],
    ["no issuer", without("iss")],
    ["another audience", { ...CLAIMS, aud: "mlflow" }],
    ["audiences without ours", { ...CLAIMS, aud: ["mlflow", "Shelfmark"] }],
    ["no audience", without("aud")],
    ["expired", { ...CLAIMS, exp: SECONDS - 31 }],
    ["no expiry", without("exp")],
    ["expiry as text", { ...CLAIMS, exp: String(CLAIMS.exp) }],
    ["expiry null", { ...CLAIMS, exp: null }],
    ["expiry without end", JSON.stringify(CLAIMS).replace(String(CLAIMS.exp), "1e999")],
    ["expiry past what a date holds", { ...CLAIMS, exp: 1e15 }],
    ["no subject", without("sub")],
    ["subject empty", { ...CLAIMS, sub: "" }],
    ["subject blank", { ...CLAIMS, sub: "  " }],
    ["subject a number", { ...CLAIMS, sub: 7 }],
    ["subject with NUL", { ...CLAIMS, sub: "ada\u0000admin" }],
    ["subject with a line end", { ...CLAIMS, sub: "ada\nadmin" }],
    ["subject half a surrogate pair", { ...CLAIMS, sub: "ada\ud83d" }],
    ["subject too long", { ...CLAIMS, sub: "a".repeat(1025) }],
    ["name with an escape", { ...CLAIMS, name: "\u001b[31mAda" }],
    ["name too long", { ...CLAIMS, name: "a".repeat(1025) }],
    ["name an object", { ...CLAIMS, name: { first: "Ada" } }],
    ["token id a number", { ...CLAIMS, jti: 1 }],
    ["not valid yet", { ...CLAIMS, nbf: SECONDS + 31 }],
    ["not valid yet, as text", { ...CLAIMS, nbf: "tomorrow" }],
  ];
  const outcomes = tokens.map(async ([what, claims]) => `${what} → ${await outcome(await sign(claims))}`);
  expect((await Promise.all(outcomes)).join("\n")).toMatchInlineSnapshot(`
    "another issuer → UNAUTHENTICATED: The token is from an issuer that is not trusted here.
    several issuers → UNAUTHENTICATED: The token is from an issuer that is not trusted here.
    no issuer → UNAUTHENTICATED: The token has no iss claim.
    another audience → UNAUTHENTICATED: The token is meant for another audience.
    audiences without ours → UNAUTHENTICATED: The token is meant for another audience.
    no audience → UNAUTHENTICATED: The token has no aud claim.
    expired → UNAUTHENTICATED: The token has expired.
    no expiry → UNAUTHENTICATED: The token has no exp claim.
    expiry as text → UNAUTHENTICATED: The token's exp claim must be a number.
    expiry null → UNAUTHENTICATED: The token's exp claim must be a number.
    expiry without end → UNAUTHENTICATED: The token's exp claim must be a time before the year 9999.
    expiry past what a date holds → UNAUTHENTICATED: The token's exp claim must be a time before the year 9999.
    no subject → UNAUTHENTICATED: The token has no sub claim.
    subject empty → UNAUTHENTICATED: The token's sub claim must not be blank.
    subject blank → UNAUTHENTICATED: The token's sub claim must not be blank.
    subject a number → UNAUTHENTICATED: The token's sub claim must be a string.
    subject with NUL → UNAUTHENTICATED: The token's sub claim must not contain the character U+0000.
    subject with a line end → UNAUTHENTICATED: The token's sub claim must not contain control characters.
    subject half a surrogate pair → UNAUTHENTICATED: The token's sub claim must be well-formed Unicode.
    subject too long → UNAUTHENTICATED: The token's sub claim has 1025 characters; at most 1024 are allowed.
    name with an escape → UNAUTHENTICATED: The token's name claim must not contain control characters.
    name too long → UNAUTHENTICATED: The token's name claim has 1025 characters; at most 1024 are allowed.
    name an object → UNAUTHENTICATED: The token's name claim must be a string.
    token id a number → UNAUTHENTICATED: The token's jti claim must be a string.
    not valid yet → UNAUTHENTICATED: The token is not valid yet.
    not valid yet, as text → UNAUTHENTICATED: The token's nbf claim must be a number."
  `);
});

describe("times and audiences", () => {
  test("clocks may differ by 30 seconds, and the audience may be one of several", async () => {
    expect(await outcome(await sign({ ...CLAIMS, exp: SECONDS - 29 }))).toBe("ok");
    expect(await outcome(await sign({ ...CLAIMS, nbf: SECONDS + 30 }))).toBe("ok");
    expect(await outcome(await sign({ ...CLAIMS, aud: ["mlflow", CLAIMS.aud] }))).toBe("ok");
  });

  test("expiry follows the injected clock", async () => {
    const token = await sign(CLAIMS);
    const later = createTokenVerifier({ ...settings, now: () => new Date(NOW.getTime() + 3_631_000) });
    expect(await outcome(token, later)).toBe("UNAUTHENTICATED: The token has expired.");
  });
});

describe("a text that is not a token", () => {
  test.each([
    "",
    ".",
    "..",
    "...",
    "a.b.c",
    "null",
    "{}",
    "eyJhbGciOiJFUzI1NiJ9",
    "eyJhbGciOiJFUzI1NiJ9..",
    "💥.💥.💥",
    "\u0000",
    "%00.%00.%00",
  ])("%j", async (text) => {
    expect(await outcome(text)).toMatch(
      /^UNAUTHENTICATED: The token('s signature does not match| is not a well-formed JWT)/,
    );
  });

  test.each(["[]", "null", "1", '"text"', "{", "\ufeff{}"])("a signed payload of %j", async (payload) => {
    expect(await outcome(await sign(payload))).toMatch(
      /^UNAUTHENTICATED: The token (is not a well-formed JWT|has no \w+ claim)/,
    );
  });

  test("that is too long is refused before it is parsed", async () => {
    const token = await sign({ ...CLAIMS, padding: "x".repeat(20_000) });
    expect(await outcome(token)).toMatchInlineSnapshot(`"UNAUTHENTICATED: The token is longer than 16384 characters."`);
    expect(await outcome("x".repeat(50_000_000))).toMatch("longer than");
  });

  test("a refusal reveals nothing of the token", async () => {
    const secret = "s3cr3t-subject";
    for (const change of [{ exp: 1 }, { iss: secret }, { aud: secret }, { models: secret }, { sub: `${secret}\n` }]) {
      expect(await outcome(await sign({ ...CLAIMS, sub: secret, ...change }))).not.toContain(secret);
    }
  });
});
