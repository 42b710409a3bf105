import { InvalidInputError } from "../errors.js";
import { parseLabel } from "../values/text.js";

/** How an input refers to a version: by its id, by its number, or by an alias that points to it. */
export type ModelVersionRef =
  | { readonly id: string }
  | { readonly number: { readonly model: string; readonly number: number } }
  | { readonly alias: { readonly model: string; readonly alias: string } };

export const VERSION_STATUSES = ["PENDING_REGISTRATION", "READY", "FAILED_REGISTRATION"] as const;
export type ModelVersionStatus = (typeof VERSION_STATUSES)[number];

/** The statuses that each status may change to. READY is final, so that a promoted version stays what it was. */
export const STATUS_MOVES = {
  PENDING_REGISTRATION: ["READY", "FAILED_REGISTRATION"],
  FAILED_REGISTRATION: ["PENDING_REGISTRATION"],
  READY: [],
} as const satisfies Record<ModelVersionStatus, readonly ModelVersionStatus[]>;

/** The fields that define what a version is. They can be set only while it is PENDING_REGISTRATION. */
export const WRITE_ONCE_FIELDS = ["source", "digest", "signature", "flavors", "runId"] as const;

const EXTERNAL_ID_MAX = 500;

/** Checks the id that a run or a model has on a tracking server that the registry does not know. */
export function parseExternalId(field: string, id: string): string {
  return parseLabel(field, id, EXTERNAL_ID_MAX);
}

export const STATUS_MESSAGE_MAX = 5_000;

const DIGEST = /^sha256:[0-9a-f]{64}$/i;

/** Checks a digest: `sha256:` and 64 hex digits (OCI image specification, descriptor.md § Digests). Returns it in lower case. */
export function parseDigest(field: string, digest: string): string {
  if (!DIGEST.test(digest)) {
    throw new InvalidInputError(field, `${field} must be "sha256:" followed by 64 hexadecimal digits.`);
  }
  return digest.toLowerCase();
}
