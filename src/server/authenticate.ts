import { parseBearer } from "../auth/parse-bearer.js";
import type { TokenVerifier } from "../auth/token-verifier.js";
import type { Viewer } from "../domain/actor.js";
import { UnauthenticatedError } from "../domain/errors.js";

/** The viewer of an `Authorization` header; a token is taken from nowhere else. */
export async function authenticate(verifier: TokenVerifier, authorization: string | null | undefined): Promise<Viewer> {
  const token = parseBearer(authorization);
  if (token === null)
    throw new UnauthenticatedError("A bearer token is required: authorization: Bearer <token>.", "missing");
  return verifier.verify(token);
}
