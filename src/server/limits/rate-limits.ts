import { createHmac, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { RateLimitedError } from "../../domain/errors.js";
import { networkOf } from "../requests/client-address.js";

const WINDOW_SECONDS = 10;
/** A refused token counts as this many requests of its address, because it may be one of many guesses. */
const REFUSED_TOKEN_COST = 20;
/** An operation counts once more for each of these, because parsing its JSON blocks every other request. */
const BYTES_PER_OPERATION = 16 * 1024;
/** Bounds the memory: keys with the same hash share a counter. The hash has a secret, so that no client can choose with whom. */
const MAX_COUNTERS = 2 ** 16;
/** Whose hashes are kept. */
const MAX_ADDRESSES = 1_000;

/** Limits what one address and one actor may request in ten seconds. Each process counts on its own. */
export interface RateLimits {
  /** Called before authentication. Throws a RateLimitedError. */
  countRequest(address: string): Promise<void>;
  countRefusedToken(address: string): Promise<void>;
  /** Counts an HTTP request or an operation of a socket; a long one counts several times. Throws a RateLimitedError. */
  countOperation(actor: Actor, bytes: number): Promise<void>;
  /** Counts bytes of an operation that were not known when it was counted. Throws a RateLimitedError. */
  countBytes(actor: Actor, bytes: number): Promise<void>;
  /** Charges the complexity of an operation before it is executed. Throws a RateLimitedError. */
  charge(actor: Actor, points: number): Promise<void>;
}

type Rates = Pick<Limits, "addressRequests" | "viewerOperations" | "viewerPoints">;

export function createRateLimits({ addressRequests, viewerOperations, viewerPoints }: Rates): RateLimits {
  const secret = randomBytes(16);
  const hash = (key: string) => createHmac("sha256", secret).update(key).digest().readUInt32LE() % MAX_COUNTERS;
  const addressHashes = new LRUCache<string, number>({ max: MAX_ADDRESSES });
  const actorHashes = new WeakMap<Actor, number>();
  const addressHash = (address: string) => {
    const known = addressHashes.get(address);
    if (known !== undefined) return known;
    const found = hash(networkOf(address));
    addressHashes.set(address, found);
    return found;
  };
  // the actor of a token is the same object for as long as the verified token is remembered
  const actorHash = (actor: Actor) => {
    const known = actorHashes.get(actor);
    if (known !== undefined) return known;
    const found = hash(actorKey(actor));
    actorHashes.set(actor, found);
    return found;
  };
  const operationsIn = (bytes: number) => Math.min(viewerOperations, Math.floor(bytes / BYTES_PER_OPERATION));
  const requests = createLimit(addressRequests, `Your address sent more than ${addressRequests} requests`);
  const operations = createLimit(viewerOperations, `You sent more than ${viewerOperations} operations`);
  const points = createLimit(viewerPoints, `Your operations cost more than ${viewerPoints} points of complexity`);

  return {
    countRequest: (address) => requests.consume(addressHash(address), 1),
    countRefusedToken: (address) => requests.penalize(addressHash(address), REFUSED_TOKEN_COST),
    countOperation: (actor, bytes) =>
      operations.consume(actorHash(actor), Math.min(viewerOperations, 1 + operationsIn(bytes))),
    countBytes: (actor, bytes) => operations.consume(actorHash(actor), operationsIn(bytes)),
    charge: (actor, cost) => points.consume(actorHash(actor), cost),
  };
}

function createLimit(max: number, excess: string) {
  const limiter = new RateLimiterMemory({ points: max, duration: WINDOW_SECONDS });
  return {
    async consume(key: number, points: number): Promise<void> {
      try {
        await limiter.consume(key, points);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        const message = `${excess} in ${WINDOW_SECONDS} s. Try again in ${retryAfterSeconds} s.`;
        throw new RateLimitedError(message, { retryAfterSeconds });
      }
    },
    async penalize(key: number, points: number): Promise<void> {
      await limiter.penalty(key, points);
    },
  };
}

/** In local mode the only client is the user of this machine, so nothing is limited. */
export const NO_RATE_LIMITS: RateLimits = {
  countRequest: async () => {},
  countRefusedToken: async () => {},
  countOperation: async () => {},
  countBytes: async () => {},
  charge: async () => {},
};
