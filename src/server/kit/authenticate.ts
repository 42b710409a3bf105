import { parseBearer } from "../../auth/bearer-token.js";
import { CLOCK_TOLERANCE_SECONDS, type RememberingVerifier, type TokenVerifier } from "../../auth/token-verifier.js";
import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import { RegistryError, UnauthenticatedError } from "../../domain/errors.js";

/** Returns the viewer of an `Authorization` header, the only place for a token. Calls back for a token that is refused. */
export async function authenticate(
  verifier: TokenVerifier,
  authorization: string | null | undefined,
  onRefused: () => void,
): Promise<Viewer> {
  try {
    const token = parseBearer(authorization);
    if (token === null)
      throw new UnauthenticatedError("A bearer token is required: authorization: Bearer <token>.", "missing");
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof UnauthenticatedError) onRefused();
    throw error;
  }
}

/** Returns the viewer if the token was verified a moment ago; null for everything that `authenticate` must look at. */
export function recallViewer(verifier: RememberingVerifier, authorization: string | null | undefined): Viewer | null {
  try {
    const token = parseBearer(authorization);
    return token === null ? null : verifier.recall(token);
  } catch (error) {
    if (error instanceof RegistryError) return null;
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
