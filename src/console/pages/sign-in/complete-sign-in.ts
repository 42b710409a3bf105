import { showPlace } from "../../session/place";
import { CALLBACK_PATH, readSignInSettings } from "../../session/sign-in-settings";
import { currentToken, signIn, signOut } from "../../session/token";
import { findTokenFault } from "./check-token";

/** Whether the browser comes back from the issuer. */
export function isSignInAnswer(): boolean {
  return window.location.pathname === CALLBACK_PATH;
}

/** Ends a sign-in that the issuer has answered, and shows the place again where it began. */
export async function completeSignIn(graphqlUrl: string): Promise<void> {
  const answer = new URL(window.location.href);
  // the code is in no history, and no reload sends it again
  showPlace("/");
  try {
    const { finishSignIn, takeAttempt } = await import("../../session/oidc");
    const attempt = takeAttempt();
    // a link that somebody else made signs nobody out
    if (attempt === null && currentToken() !== null) return;
    showPlace(attempt?.place ?? "/");
    const tokens = await finishSignIn(answer, attempt);
    const settings = await readSignInSettings();
    const fault = settings && (await findTokenFault(graphqlUrl, tokens.token, settings));
    if (fault === null) signIn(tokens);
    else signOut(fault);
  } catch (error) {
    signOut((error as Error).message);
  }
}
