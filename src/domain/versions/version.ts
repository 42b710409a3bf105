import { InvalidInputError } from "../errors.js";

export const VERSION_STATUSES = ["PENDING_REGISTRATION", "READY", "FAILED_REGISTRATION"] as const;
export type ModelVersionStatus = (typeof VERSION_STATUSES)[number];

/** What a status may become. READY is final: what was promoted stays what it was. */
export const STATUS_MOVES = {
  PENDING_REGISTRATION: ["READY", "FAILED_REGISTRATION"],
  FAILED_REGISTRATION: ["PENDING_REGISTRATION"],
  READY: [],
} as const satisfies Record<ModelVersionStatus, readonly ModelVersionStatus[]>;

/** The fields that say what a version is; they may be set only while it is PENDING_REGISTRATION. */
export const WRITE_ONCE_FIELDS = ["source", "digest", "signature", "flavors", "runId"] as const;

export const STATUS_MESSAGE_MAX = 5_000;
export const USER_JSON_MAX = 1_000_000;

const DIGEST = /^sha256:[0-9a-f]{64}$/i;

/** `sha256:` and 64 hex digits (as in the OCI image specification, descriptor.md § Digests), kept in lower case. */
export function parseDigest(field: string, digest: string): string {
  if (!DIGEST.test(digest)) {
    throw new InvalidInputError(field, `${field} must be "sha256:" followed by 64 hexadecimal digits.`);
  }
  return digest.toLowerCase();
}
