import { ConflictError } from "../../domain/errors.js";

/** All files together would take more than the setting allows. */
export class QuotaExceededError extends ConflictError {}

/** Throws unless so many more bytes fit beside those that all files take. */
export function requireRoom(usedBytes: number, moreBytes: number, quotaBytes: number | null): void {
  if (quotaBytes === null || usedBytes + moreBytes <= quotaBytes) return;
  throw new QuotaExceededError(
    `The artifacts of this server may take ${quotaBytes} bytes (SHELFMARK_ARTIFACT_QUOTA), and ${usedBytes} are taken. Delete some, or raise the quota.`,
  );
}
