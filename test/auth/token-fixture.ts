import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type CompactJWSHeaderParameters, CompactSign } from "jose";
import { createTokenVerifier, type TokenVerifierOptions } from "../../src/auth/token-verifier.js";

export const NOW = new Date("2026-11-20T12:00:00.000Z");
export const SECONDS = NOW.getTime() / 1000;

export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const otherEc = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

export function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

export const settings = {
  issuer: "https://issuer.example",
  audience: "shelfmark",
  algorithms: ["ES256"],
  keys: { publicKey: pemOf(ec.publicKey) },
  now: () => NOW,
} as const satisfies TokenVerifierOptions;

export const verifier = createTokenVerifier(settings);

export const CLAIMS = {
  iss: settings.issuer,
  aud: settings.audience,
  sub: "ada",
  exp: SECONDS + 3600,
  scope: "models:read",
} as const;

export function without(...names: (keyof typeof CLAIMS)[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => !names.some((left) => left === name)));
}

/** Signs any claims, valid or not. */
export function sign(
  claims: unknown,
  header: Partial<CompactJWSHeaderParameters> = {},
  key: KeyObject = ec.privateKey,
): Promise<string> {
  const payload = typeof claims === "string" ? claims : JSON.stringify(claims);
  return new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: "ES256", ...header }).sign(key);
}

export function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** `CODE: message` of a refusal, or `ok`. */
export async function outcome(token: string, by = verifier): Promise<string> {
  try {
    await by.verify(token);
    return "ok";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}
