import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY, type TestServer } from "../support/server.js";
import { BOOKMARKS, greet, openSse, post } from "./door-client.js";

let server: TestServer;
let good: string;
beforeAll(async () => {
  server = await startTestServer();
  good = await server.token();
});
afterAll(() => server.stop());

const SECONDS = Math.floor(Date.now() / 1000);
const CLAIMS = { iss: TEST_ISSUER, aud: TEST_AUDIENCE, sub: "mallory", exp: SECONDS + 3600, scope: "models:read" };
const strange = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function forge(header: object, key: string): string {
  const signed = `${encode(header)}.${encode(CLAIMS)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

function signBy(key: KeyObject, header: object = {}): Promise<string> {
  return new SignJWT(CLAIMS).setProtectedHeader({ alg: "ES256", ...header }).sign(key);
}

/** The claims of a sound token, changed, under its signature. */
function tamper(): string {
  const [header, , signature] = good.split(".");
  return `${header}.${encode({ ...CLAIMS, scope: "admin" })}.${signature}`;
}

const HOSTILE: Record<string, () => string | null | Promise<string>> = {
  "no token": () => null,
  garbage: () => "garbage",
  "alg none": () => `${encode({ alg: "none" })}.${encode(CLAIMS)}.`,
  "alg none under a sound signature": () => `${encode({ alg: "none" })}.${good.split(".").slice(1).join(".")}`,
  "HS256 with the public key": () => forge({ alg: "HS256" }, TEST_PUBLIC_KEY),
  "a changed claim": tamper,
  "wrong issuer": () => server.token({ issuer: "https://issuer.evil" }),
  "wrong audience": () => forAudience("mlflow"),
  expired: () => server.token({ ttlSeconds: -31 }),
  "no expiry": () => withoutExpiry(),
  "another key": () => signBy(strange),
  "an unknown kid": () => signBy(strange, { kid: "of-nobody" }),
};

/** Signed by the trusted key: what is wrong is the claim alone. */
async function forAudience(audience: string): Promise<string> {
  return resign({ aud: audience });
}

async function withoutExpiry(): Promise<string> {
  return resign({ exp: undefined });
}
