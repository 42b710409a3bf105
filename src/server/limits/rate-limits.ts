import { createHmac, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { RateLimitedError } from "../../domain/errors.js";
import { networkOf } from "../requests/client-address.js";
import { WindowLimit } from "./window-limit.js";

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
  countRequest(address: string): void;
  countRefusedToken(address: string): void;
  /** Counts an HTTP request or an operation of a socket; a long one counts several times. Throws a RateLimitedError. */
  countOperation(actor: Actor, bytes: number): void;
  /** Counts bytes of an operation that were not known when it was counted. Throws a RateLimitedError. */
  countBytes(actor: Actor, bytes: number): void;
  /** Charges the complexity of an operation before it is executed. Throws a RateLimitedError. */
  charge(actor: Actor, points: number): void;
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
  const limit = new WindowLimit(max, WINDOW_SECONDS * 1000);
  return {
    consume(key: number, points: number): void {
      const waitMs = limit.use(key, points);
      if (waitMs === 0) return;
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
      const message = `${excess} in ${WINDOW_SECONDS} s. Try again in ${retryAfterSeconds} s.`;
      throw new RateLimitedError(message, { retryAfterSeconds });
    },
    penalize(key: number, points: number): void {
      limit.use(key, points);
    },
  };
}

/** In local mode the only client is the user of this machine, so nothing is limited. */
export const NO_RATE_LIMITS: RateLimits = {
  countRequest() {},
  countRefusedToken() {},
  countOperation() {},
  countBytes() {},
  charge() {},
};
