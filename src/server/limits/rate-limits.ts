import { createHmac, randomBytes } from "node:crypto";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { RateLimitedError } from "../../domain/errors.js";
import { networkOf } from "../requests/client-address.js";

const WINDOW_SECONDS = 10;
/** What a refused token costs its address: it may be one of many guesses. */
const FAILURE_COST = 20;
/** An operation counts once more for each of these that it sends: JSON is read in one go, while all others wait. */
const BYTES_PER_OPERATION = 16 * 1024;
/** So many counters at most, whatever comes: what falls together shares one, and a secret keeps that from being arranged. */
const MAX_COUNTERS = 2 ** 16;

/** What one address and one principal may ask for in ten seconds, counted by each process for itself. */
export interface RateLimits {
  /** Before authentication. Throws a RateLimitedError. */
  countRequest(address: string): Promise<void>;
  countRefusedToken(address: string): Promise<void>;
  /** Each request and each operation of a socket; one that is long to read counts as several. Throws a RateLimitedError. */
  countOperation(actor: Actor, bytes: number): Promise<void>;
  /** What an operation costs, in points of complexity, before it is executed. Throws a RateLimitedError. */
  charge(actor: Actor, points: number): Promise<void>;
}

type Rates = Pick<Limits, "addressRequests" | "viewerOperations" | "viewerPoints">;

export function createRateLimits({ addressRequests, viewerOperations, viewerPoints }: Rates): RateLimits {
  const secret = randomBytes(16);
  const counterOf = (key: string) => createHmac("sha256", secret).update(key).digest().readUInt32LE() % MAX_COUNTERS;
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  const [requests, operations, costs] = [addressRequests, viewerOperations, viewerPoints].map(limiter) as [
    RateLimiterMemory,
    RateLimiterMemory,
    RateLimiterMemory,
  ];
  const addressKey = (address: string) => counterOf(networkOf(address));
  const actorCounterKey = (actor: Actor) => counterOf(actorKey(actor));

  return {
    countRequest: (address) => consume(requests, addressKey(address), 1, "requests from your address"),
    async countRefusedToken(address) {
      await requests.penalty(addressKey(address), FAILURE_COST);
    },
    countOperation(actor, bytes) {
      const cost = Math.min(viewerOperations, 1 + Math.floor(bytes / BYTES_PER_OPERATION));
      return consume(operations, actorCounterKey(actor), cost, "operations of yours");
    },
    charge: (actor, points) => consume(costs, actorCounterKey(actor), points, "points of complexity of yours"),
  };
}

async function consume(limiter: RateLimiterMemory, key: number, points: number, what: string): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new RateLimitedError(
      `There were more than ${limiter.points} ${what} in ${WINDOW_SECONDS} s. Try again in ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    );
  }
}

/** On one's own machine there is nobody to be kept from the others. */
export const NO_RATE_LIMITS: RateLimits = {
  countRequest: async () => {},
  countRefusedToken: async () => {},
  countOperation: async () => {},
  charge: async () => {},
};
