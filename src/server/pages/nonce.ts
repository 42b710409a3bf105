import { randomBytes } from "node:crypto";

/** What the build writes where the nonce of an answer goes (`src/console/vite.config.ts`). */
const PLACEHOLDER = "NONCE_OF_THIS_ANSWER";

export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

export function withNonce(html: string, nonce: string): string {
  return html.replaceAll(PLACEHOLDER, nonce);
}
