import { currentRenewal, currentToken, keepTokens, signOut } from "./token";

let renewing: Promise<boolean> | undefined;

/** The token of a request, renewed first if it ends soon. */
export async function freshToken(): Promise<string> {
  const renewal = currentRenewal();
  if (renewal && Date.now() >= renewal.dueAt) await renewToken();
  return currentToken() ?? "";
}

/** Renews the token once for all who ask at a time. Resolves to whether there is a new one. */
export function renewToken(): Promise<boolean> {
  renewing ??= renew().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew(): Promise<boolean> {
  const renewal = currentRenewal();
  if (!renewal) return false;
  const { renewTokens, SessionOverError, SignInError } = await import("./oidc");
  try {
    const tokens = await renewTokens(renewal.refreshToken);
    // somebody may have signed out meanwhile, or signed in anew
    if (currentRenewal()?.refreshToken !== renewal.refreshToken) {
      if (tokens.renewal) await endAtIssuer(tokens.renewal.refreshToken);
      return false;
    }
    keepTokens(tokens);
    return true;
  } catch (error) {
    if (error instanceof SessionOverError) signOut(error.message);
    else if (!(error instanceof SignInError || error instanceof TypeError)) throw error;
    // the token may count for a while, and the next request tries again
    return false;
  }
}

/** Signs out here, and ends the refresh token at the issuer. */
export async function endSession(): Promise<void> {
  const renewal = currentRenewal();
  signOut();
  if (renewal) await endAtIssuer(renewal.refreshToken);
}

async function endAtIssuer(refreshToken: string): Promise<void> {
  const { revokeTokens } = await import("./oidc");
  await revokeTokens(refreshToken).catch((error: Error) => {
    // whoever has signed in meanwhile stays so
    if (currentToken() === null)
      signOut(`You are signed out in this tab, but the issuer could not be told: ${error.message}`);
  });
}
