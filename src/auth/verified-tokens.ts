import { createHash } from "node:crypto";
import type { Viewer } from "../domain/access/actor.js";
import type { TokenVerifier } from "./token-verifier.js";

/** As long as a key may go on to count that its issuer has withdrawn meanwhile. */
const REMEMBERED_MS = 60_000;
const MOST = 10_000;

interface Verified {
  readonly viewer: Viewer;
  readonly from: number;
  readonly until: number;
}

/**
 * Looks at the signature of a token once a minute: to verify one costs as much as all else that is done for a short query.
 * Of tokens digests are kept, and of those that were refused nothing. That a token has expired, and that it was revoked,
 * shows at once.
 */
export function rememberVerified(verifier: TokenVerifier, now: () => Date): TokenVerifier {
  const verified = new Map<string, Verified>();

  function remember(digest: string, entry: Verified): void {
    verified.delete(digest);
    verified.set(digest, entry);
    const [oldest] = verified.keys();
    if (oldest !== undefined && verified.size > MOST) verified.delete(oldest);
  }

  return {
    async verify(token) {
      const digest = createHash("sha256").update(token).digest("base64");
      const from = now().getTime();
      const known = verified.get(digest);
      // a clock that was set back may stand before the token is valid
      if (known && known.from <= from && from < known.until) return known.viewer;
      const viewer = await verifier.verify(token);
      remember(digest, { viewer, from, until: Math.min(from + REMEMBERED_MS, viewer.expiresAt.getTime()) });
      return viewer;
    },
  };
}
