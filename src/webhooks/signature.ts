import { createHmac, randomBytes } from "node:crypto";
import { InvalidInputError } from "../domain/errors.js";

const PREFIX = "whsec_";
const NEW_SECRET_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;

export interface Signed {
  /** The same for every try, so that a receiver recognizes a message that it has already received. */
  readonly id: string;
  /** The time of this try: receivers refuse old ones. */
  readonly at: Date;
  readonly body: string;
  /** The newest first; two during a rotation. */
  readonly secrets: readonly string[];
}

export function createSecret(): string {
  return `${PREFIX}${randomBytes(NEW_SECRET_BYTES).toString("base64")}`;
}

/** Checks a secret that the client supplies in the format of the Standard Webhooks specification. */
export function parseSecret(field: string, text: string): string {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  const bytes = Buffer.from(encoded, "base64");
  const isCanonical = bytes.toString("base64") === encoded;
  if (isCanonical && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) return text;
  throw new InvalidInputError(field, `${field} must be whsec_ and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes.`);
}

/** The headers of the Standard Webhooks specification: one signature for each secret. */
export function signatureHeaders({ id, at, body, secrets }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const sign = (secret: string) =>
    createHmac("sha256", Buffer.from(secret.slice(PREFIX.length), "base64"))
      .update(`${id}.${timestamp}.${body}`)
      .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => `v1,${sign(secret)}`).join(" "),
  };
}
