import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from "jose";
import { UnavailableError } from "../domain/errors.js";
import { fetchBounded } from "./bounded-fetch.js";
import { DiscoveryError, discoverIssuer, discoveryUrl } from "./discovery.js";

const FRESH_MS = 10 * 60_000;
/** How long the last good keys are used while the issuer cannot be reached. A withdrawn key may be used for as long. */
const USABLE_MS = 60 * 60_000;
const TIMEOUT_MS = 5_000;
const RETRY_MS = 30_000;
/** The same while there are no usable keys. Requests in between fail at once. */
const RETRY_WITHOUT_KEYS_MS = 1_000;
/** An unknown key id causes a fetch, and anyone can make one up. */
const UNKNOWN_KEY_MS = 10_000;
const MAX_WAITING = 64;

interface KeyOptions {
  readonly url: URL;
  readonly now: () => Date;
  readonly timeoutMs?: number;
  readonly fetchKeys?: FetchImplementation;
}

class RemoteKeys {
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;
  readonly #now: () => Date;
  #loadedAt = -Infinity;
  #failedAt = -Infinity;
  #unknownAt = -Infinity;
  #isReachable = false;
  #waiting = 0;
  #pending: Promise<void> | undefined;

  constructor({ url, now, timeoutMs = TIMEOUT_MS, fetchKeys = fetchBounded }: KeyOptions) {
    // jose drops old keys that it cannot renew. So keys never expire for jose, and this class renews them.
    this.#keySet = createRemoteJWKSet(url, {
      cacheMaxAge: Infinity,
      cooldownDuration: Infinity,
      timeoutDuration: timeoutMs,
      [customFetch]: fetchKeys,
    });
    this.#now = now;
  }

  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    await this.#renewWhenDue();
    try {
      return await this.#keySet(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    if (this.#pending || this.#ageOf(this.#unknownAt) >= UNKNOWN_KEY_MS) await this.#refreshForUnknownKey();
    requireKeys(this.#isReachable);
    return this.#keySet(header, token);
  };

  /** For an unknown key id. A request that makes one up waits for the issuer too and holds memory, so few may wait. */
  async #refreshForUnknownKey(): Promise<void> {
    if (this.#waiting >= MAX_WAITING) throw unreachable();
    this.#unknownAt = this.#now().getTime();
    this.#waiting++;
    await this.#refresh().finally(() => this.#waiting--);
  }

  async #renewWhenDue(): Promise<void> {
    if (this.#ageOf(this.#loadedAt) < FRESH_MS) return;
    const isUsable = this.#ageOf(this.#loadedAt) < USABLE_MS;
    const isDue = this.#ageOf(this.#failedAt) >= (isUsable ? RETRY_MS : RETRY_WITHOUT_KEYS_MS);
    if (isDue || (this.#pending && !isUsable)) {
      const renewed = this.#refresh();
      // the issuer did not answer the last time: no request waits for it while the last good keys are usable
      if (isUsable && !this.#isReachable) return;
      await renewed;
    }
    requireKeys(this.#ageOf(this.#loadedAt) < USABLE_MS);
  }

  #refresh(): Promise<void> {
    this.#pending ??= this.#reload();
    return this.#pending;
  }

  async #reload(): Promise<void> {
    try {
      await this.#keySet.reload();
      this.#loadedAt = this.#now().getTime();
      this.#isReachable = true;
    } catch {
      this.#failedAt = this.#now().getTime();
      this.#isReachable = false;
    } finally {
      this.#pending = undefined;
    }
  }

  #ageOf(time: number): number {
    return this.#now().getTime() - time;
  }
}

function requireKeys(areUsable: boolean): void {
  if (!areUsable) throw unreachable();
}

function unreachable(): UnavailableError {
  return new UnavailableError("The token cannot be verified now: its issuer's keys cannot be fetched. Try again.");
}

/** The keys of a JWKS URL. They are fetched on first use and renewed; if that fails, the last good ones are used for a while. */
export function createRemoteKeys(url: URL, now: () => Date, timeoutMs = TIMEOUT_MS): JWTVerifyGetKey {
  return new RemoteKeys({ url, now, timeoutMs }).getKey;
}

/** The same for the address that the issuer's discovery document names. It is read again with the keys. */
export function createDiscoveredKeys(issuer: string, now: () => Date, timeoutMs = TIMEOUT_MS): JWTVerifyGetKey {
  const fetchKeys: FetchImplementation = async (_url, options) => {
    const { jwks_uri: address } = await discoverIssuer(issuer, options.signal);
    if (address === undefined) throw new DiscoveryError(`The discovery document of ${issuer} names no jwks_uri.`);
    return fetchBounded(address, options);
  };
  return new RemoteKeys({ url: discoveryUrl(issuer), now, timeoutMs, fetchKeys }).getKey;
}
