/** Why a socket is closed (RFC 6455 §7.4.1). */
export const NORMAL_CLOSURE = 1000;
export const GOING_AWAY = 1001;
export const MESSAGE_TOO_BIG = 1009;
/** Of the registry that RFC 6455 §11.7 begins. */
export const TRY_AGAIN_LATER = 1013;

/** A socket outlives what ended it by this much, so that its client hears why. */
export const CLOSE_GRACE_MS = 500;

/** What a close frame has room for, in bytes (RFC 6455 §5.5.1). */
const MAX_REASON = 123;

/** As much of a sentence as a close frame can say. */
export function toCloseReason(sentence: string): string {
  const bytes = new TextEncoder().encode(sentence).subarray(0, MAX_REASON);
  return new TextDecoder().decode(bytes, { stream: true });
}
