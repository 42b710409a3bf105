import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { ConfigError, type Environment, loadConfig } from "../../src/config/load-config.js";

export function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const PEM = pemOf(rsa.publicKey);

export const NO_KEY = { SHELFMARK_JWT_ISSUER: "https://issuer.example", SHELFMARK_JWT_AUDIENCE: "shelfmark" };
export const ISSUER = { ...NO_KEY, SHELFMARK_JWKS_URL: "https://issuer.example/jwks" };

export function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
