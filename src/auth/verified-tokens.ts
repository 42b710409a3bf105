import { createHash } from "node:crypto";
import type { Viewer } from "../domain/access/actor.js";
import type { RememberingVerifier, TokenVerifier } from "./token-verifier.js";

/** A key that its issuer withdraws may be accepted for this much longer. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

interface Verified {
  readonly viewer: Viewer;
  readonly from: number;
  readonly until: number;
}

/**
 * Verifies the signature of a token at most once a minute: one verification costs as much as the rest of a short query.
 * Keeps digests instead of tokens, and keeps nothing of refused tokens. Expiry and revocation take effect at once.
 */
export function rememberVerified(verifier: TokenVerifier, now: () => Date): RememberingVerifier {
  const verified = new Map<string, Verified>();

  function remember(digest: string, entry: Verified): void {
    verified.delete(digest);
    verified.set(digest, entry);
    const [oldest] = verified.keys();
    if (oldest !== undefined && verified.size > MAX_REMEMBERED) verified.delete(oldest);
  }

  function find(digest: string, time: number): Viewer | null {
    const known = verified.get(digest);
    // after a clock was set back, the token may not be valid yet
    return known && known.from <= time && time < known.until ? known.viewer : null;
  }

  return {
    recall: (token) => find(digestOf(token), now().getTime()),
    async verify(token) {
      const digest = digestOf(token);
      const from = now().getTime();
      const known = find(digest, from);
      if (known) return known;
      const viewer = await verifier.verify(token);
      remember(digest, { viewer, from, until: Math.min(from + REMEMBERED_MS, viewer.expiresAt.getTime()) });
      return viewer;
    },
  };
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
