import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import { UnavailableError } from "../domain/errors.js";
import { fetchKeys } from "./fetch-keys.js";

const FRESH_MS = 10 * 60_000;
/** How long the last good keys serve while the issuer cannot be reached. It is also how long a withdrawn key may. */
const USABLE_MS = 60 * 60_000;
const TIMEOUT_MS = 5_000;
const RETRY_MS = 30_000;
/** The same while there are no keys to go on with: whoever asks meanwhile is told so at once. */
const RETRY_WITHOUT_KEYS_MS = 1_000;
/** An unknown key id asks for a fetch, and anyone can make one up. */
const UNKNOWN_KEY_MS = 10_000;
const MOST_WAITING = 64;

class RemoteKeys {
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;
  readonly #now: () => Date;
  #loadedAt = -Infinity;
  #failedAt = -Infinity;
  #unknownAt = -Infinity;
  #isReached = false;
  #waiting = 0;
  #pending: Promise<void> | undefined;

  constructor(url: URL, now: () => Date, timeoutMs: number) {
    // jose drops keys that have aged and cannot be renewed; so for jose they never age, and this class renews them.
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
    if (this.#pending || this.#ageOf(this.#unknownAt) >= UNKNOWN_KEY_MS) await this.#lookAgain();
    requireKeys(this.#isReached);
    return this.#keySet(header, token);
  };

  /** For a key id that is not known. Whoever makes one up waits for the issuer too, and holds a place meanwhile: few may. */
  async #lookAgain(): Promise<void> {
    if (this.#waiting >= MOST_WAITING) throw unreached();
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
      // the issuer has not answered before: nobody waits for it again while the last good keys serve
      if (isUsable && !this.#isReached) return;
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
      this.#isReached = true;
    } catch {
      this.#failedAt = this.#now().getTime();
      this.#isReached = false;
    } finally {
      this.#pending = undefined;
    }
  }

  #ageOf(time: number): number {
    return this.#now().getTime() - time;
  }
}

function requireKeys(areThere: boolean): void {
  if (!areThere) throw unreached();
}

function unreached(): UnavailableError {
  return new UnavailableError("The token cannot be checked now: its issuer's keys cannot be fetched. Try again.");
}

/** The keys of a JWKS URL: fetched on first use, kept, renewed, and survived by the last good ones for a while. */
export function createRemoteKeys(url: URL, now: () => Date, timeoutMs = TIMEOUT_MS): JWTVerifyGetKey {
  return new RemoteKeys(url, now, timeoutMs).getKey;
}
