import { parseBearer } from "../auth/parse-bearer.js";
import type { TokenVerifier } from "../auth/token-verifier.js";
import type { Viewer } from "../domain/actor.js";
import { UnauthenticatedError } from "../domain/errors.js";

/** The viewer of an `Authorization` header; a token is taken from nowhere else. Tells of a token that was refused. */
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
