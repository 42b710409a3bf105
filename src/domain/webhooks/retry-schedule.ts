const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits between the tries of one delivery, as the Standard Webhooks specification publishes them: about three days. */
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
/** Up to a tenth more, so that what failed together is not tried again together. */
const JITTER = 0.1;
const GIVE_UP_AFTER_MS = (1 + JITTER) * RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

export interface FailedTry {
  /** How often the delivery was tried, this time included. */
  readonly attempts: number;
  readonly queuedAt: Date;
  readonly now: Date;
  /** How long the receiver asked to be left alone. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * When a delivery is tried again; null if it is given up. What stood behind another delivery for longer than the whole
 * schedule is given up at its first failure, so that a queue before a dead receiver comes to an end.
 */
export function nextTryAt({ attempts, queuedAt, now, retryAfterMs, random }: FailedTry): Date | null {
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined || now.getTime() - queuedAt.getTime() >= GIVE_UP_AFTER_MS) return null;
  const wait = Math.max(delay * (1 + JITTER * random), retryAfterMs ?? 0);
  return new Date(now.getTime() + Math.min(wait, LONGEST_WAIT_MS * (1 + JITTER)));
}

/** The wait that a `Retry-After` header (RFC 9110 §10.2.3) asks for, seconds or a date; null if it asks for none. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text);
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * SECOND : isDate ? Date.parse(text) - now.getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
