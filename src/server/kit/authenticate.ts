import { parseBearer } from "../../auth/bearer-token.js";
import { CLOCK_TOLERANCE_SECONDS, type TokenVerifier } from "../../auth/token-verifier.js";
import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import { UnauthenticatedError } from "../../domain/errors.js";

/** Returns the viewer of an `Authorization` header, the only place for a token. Calls back for a token that is refused. */
export async function authenticate(
  verifier: TokenVerifier,
  authorization: string | null | undefined,
  onRefused: () => Promise<void>,
): Promise<Viewer> {
  try {
    const token = parseBearer(authorization);
    if (token === null)
      throw new UnauthenticatedError("A bearer token is required: authorization: Bearer <token>.", "missing");
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof UnauthenticatedError) await onRefused();
    throw error;
  }
}

/** Throws an UnauthenticatedError if a verified token has expired since, with the same tolerance as its verification. */
export function requireUnexpired({ expiresAt }: Viewer, now: Date): void {
  if (now.getTime() < expiresAt.getTime() + CLOCK_TOLERANCE_SECONDS * 1_000) return;
  throw new UnauthenticatedError("The token has expired.", "expired");
}

/** Throws an UnauthenticatedError if the token of a viewer was revoked or has expired since it was verified. */
export function requireStillValid(
  viewer: Viewer,
  { sessions, now }: { sessions: OpenSessions; now: () => Date },
): void {
  sessions.require(viewer);
  requireUnexpired(viewer, now());
}
