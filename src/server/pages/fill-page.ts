import { randomBytes } from "node:crypto";

/** What the build writes where the nonce of an answer goes (`src/console/vite.config.ts`). */
const NONCE = "NONCE_OF_THIS_ANSWER";
/** What the pages have where the mode goes: links with a token sign in on a server in local mode only. */
const MODE = "MODE_OF_THIS_SERVER";

export type Mode = "local" | "team";

export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

/** A page of the build with the mode of this server; each answer fills in a nonce of its own. */
export function preparePage(built: Buffer, mode: Mode): (nonce: string) => string {
  const html = built.toString().replaceAll(MODE, mode);
  return (nonce) => html.replaceAll(NONCE, nonce);
}
