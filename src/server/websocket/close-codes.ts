/** Close codes of RFC 6455 §7.4.1. */
export const NORMAL_CLOSURE = 1000;
export const GOING_AWAY = 1001;
/** What a message holds is not of its kind: not UTF-8. */
export const INVALID_PAYLOAD = 1007;
export const MESSAGE_TOO_BIG = 1009;
/** From the IANA registry that RFC 6455 §11.7 set up. */
export const TRY_AGAIN_LATER = 1013;

/** How long a socket stays open after its end is decided, so that its client still receives the reason. */
export const CLOSE_GRACE_MS = 500;

/** The room for a reason in a close frame, in bytes (RFC 6455 §5.5.1). */
const MAX_REASON_BYTES = 123;

/** Cuts a sentence to the length of a close frame's reason. */
export function toCloseReason(sentence: string): string {
  const bytes = new TextEncoder().encode(sentence).subarray(0, MAX_REASON_BYTES);
  return new TextDecoder().decode(bytes, { stream: true });
}
