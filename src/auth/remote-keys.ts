import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { UnavailableError } from "../domain/errors.js";

const FRESH_MS = 10 * 60_000;
/** How long the last good keys serve while the issuer cannot be reached. It is also how long a withdrawn key may. */
const USABLE_MS = 60 * 60_000;
const RETRY_MS = 30_000;
/** An unknown key id asks for a fetch, and anyone can make one up. */
const UNKNOWN_KEY_MS = 10_000;

/** The keys of a JWKS URL: fetched on first use, kept, renewed, and survived by the last good ones for a while. */
export function createRemoteKeys(url: URL, now: () => Date): JWTVerifyGetKey {
  // jose drops its keys when they age and cannot be renewed; so it never ages them, and this decides when to renew.
  const keySet = createRemoteJWKSet(url, { cacheMaxAge: Infinity, cooldownDuration: Infinity, timeoutDuration: 5_000 });
  let loadedAt = -Infinity;
  let failedAt = -Infinity;
  let unknownAt = -Infinity;
  let isReached = false;
  let pending: Promise<void> | undefined;
  const ageOf = (time: number) => now().getTime() - time;

  async function reload(): Promise<void> {
    try {
      await keySet.reload();
      loadedAt = now().getTime();
      isReached = true;
    } catch {
      isReached = false;
      failedAt = now().getTime();
    } finally {
      pending = undefined;
    }
  }

  function refresh(): Promise<void> {
    pending ??= reload();
    return pending;
  }

  function requireKeys(keysAreThere: boolean): void {
    if (!keysAreThere)
      throw new UnavailableError("The token cannot be checked now: its issuer's keys cannot be fetched. Try again.");
  }

  async function renewWhenDue(): Promise<void> {
    if (ageOf(loadedAt) < FRESH_MS) return;
    const isUsable = ageOf(loadedAt) < USABLE_MS;
    if (isUsable && ageOf(failedAt) < RETRY_MS) return;
    await refresh();
    requireKeys(ageOf(loadedAt) < USABLE_MS);
  }

  return async (header, token) => {
    await renewWhenDue();
    try {
      return await keySet(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    if (pending || ageOf(unknownAt) >= UNKNOWN_KEY_MS) {
      unknownAt = now().getTime();
      await refresh();
    }
    requireKeys(isReached);
    return keySet(header, token);
  };
}
