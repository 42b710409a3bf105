const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits between the attempts of one delivery, from the Standard Webhooks specification: about three days in all. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

const LONGEST_WAIT_MS = 24 * HOUR;
/** Up to a tenth longer, so that deliveries that failed together are not tried again together. */
const JITTER = 0.1;
const GIVE_UP_AFTER_MS = (1 + JITTER) * RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

export interface FailedTry {
  /** How often the delivery was tried, including this time. */
  readonly attempts: number;
  readonly queuedAt: Date;
  readonly now: Date;
  /** The wait that the receiver requested. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * When a delivery is tried again; null if it is given up. A delivery that waited in the queue for longer than the whole
 * schedule is given up at its first failure, so that the queue of a dead receiver comes to an end.
 */
export function nextTryAt({ attempts, queuedAt, now, retryAfterMs, random }: FailedTry): Date | null {
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined || now.getTime() - queuedAt.getTime() >= GIVE_UP_AFTER_MS) return null;
  const wait = Math.max(delay * (1 + JITTER * random), retryAfterMs ?? 0);
  return new Date(now.getTime() + Math.min(wait, LONGEST_WAIT_MS * (1 + JITTER)));
}

/** The wait of a `Retry-After` header (RFC 9110 §10.2.3), which holds seconds or a date; null if it holds neither. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text);
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * SECOND : isDate ? Date.parse(text) - now.getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
