import * as oauth from "oauth4webapi";
import { CALLBACK_PATH, readSignInSettings, type SignInSettings } from "./sign-in-settings";
import type { Tokens } from "./token";

const ATTEMPT_KEY = "shelfmark.sign-in";
const TIMEOUT_MS = 30_000;
/** Of a token's life, after which it is renewed. */
const RENEWED_AFTER = 0.75;

/** What a sign-in that is under way must find again when the browser comes back. */
interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The address to show afterwards. */
  readonly place: string;
}

interface Issuer {
  readonly settings: SignInSettings;
  readonly metadata: oauth.AuthorizationServer;
  readonly client: oauth.Client;
}

/** A sign-in that failed. The message is for the person. */
export class SignInError extends Error {
  override readonly name = "SignInError";
}

/** A refresh token that the issuer does not take any more. */
export class SessionOverError extends SignInError {}

/** Sends the browser to the issuer (authorization code with PKCE, RFC 7636). */
export async function beginSignIn(): Promise<void> {
  const { metadata, settings } = await openIssuer();
  if (!metadata.authorization_endpoint) throw new SignInError(`${settings.issuer} has no authorization_endpoint.`);
  const { pathname, search, hash } = window.location;
  const attempt: Attempt = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    place: pathname + search + hash,
  };
  sessionStorage.setItem(ATTEMPT_KEY, JSON.stringify(attempt));
  const address = new URL(metadata.authorization_endpoint);
  const { resource } = settings;
  const parameters = {
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: settings.scopes.join(" "),
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: "S256",
    // some providers know the resource of RFC 8707 as audience
    ...(resource !== null && { resource, audience: resource }),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  window.location.assign(address);
}

/** The sign-in that is under way in this tab. It is over with this. */
export function takeAttempt(): Attempt | null {
  const text = sessionStorage.getItem(ATTEMPT_KEY);
  sessionStorage.removeItem(ATTEMPT_KEY);
  return text === null ? null : (JSON.parse(text) as Attempt);
}

/** The tokens for the answer of the issuer, which is in the address. */
export async function finishSignIn(answer: URL, attempt: Attempt | null): Promise<Tokens> {
  if (attempt === null)
    throw new SignInError("This sign-in was not begun in this tab, or is over already. Begin again.");
  const issuer = await openIssuer();
  return inWords(issuer, async () => {
    const { metadata, client } = issuer;
    const parameters = oauth.validateAuthResponse(metadata, client, answer, attempt.state);
    const response = await oauth.authorizationCodeGrantRequest(
      ...([metadata, client, oauth.None(), parameters, redirectUri(), attempt.verifier, optionsOf(issuer)] as const),
    );
    const expected = { expectedNonce: attempt.nonce, requireIdToken: true };
    return toTokens(await oauth.processAuthorizationCodeResponse(metadata, client, response, expected), null);
  });
}

/** New tokens for a refresh token. Throws a SessionOverError if it does not count any more. */
export async function renewTokens(refreshToken: string): Promise<Tokens> {
  const issuer = await openIssuer();
  return inWords(issuer, async () => {
    const { metadata, client } = issuer;
    const options = optionsOf(issuer);
    const response = await oauth.refreshTokenGrantRequest(metadata, client, oauth.None(), refreshToken, options);
    return toTokens(await oauth.processRefreshTokenResponse(metadata, client, response), refreshToken);
  });
}

/** Ends a refresh token at the issuer (RFC 7009), if the issuer can. */
export async function revokeTokens(refreshToken: string): Promise<void> {
  const issuer = await openIssuer();
  const { metadata, client } = issuer;
  if (!metadata.revocation_endpoint) return;
  await inWords(issuer, async () => {
    const { additionalParameters: _, ...options } = optionsOf(issuer);
    const response = await oauth.revocationRequest(metadata, client, oauth.None(), refreshToken, options);
    await oauth.processRevocationResponse(response);
  });
}

async function openIssuer(): Promise<Issuer> {
  const settings = await readSignInSettings();
  if (!settings) throw new SignInError("This server does not name an issuer to sign in with any more.");
  const { metadata, clientId, issuer } = settings;
  if (!metadata) throw new SignInError(`${issuer} does not answer, so nobody can sign in there now. Try again.`);
  return { settings, metadata, client: { client_id: clientId } };
}

function redirectUri(): string {
  return new URL(CALLBACK_PATH, window.location.origin).href;
}

function optionsOf({ settings: { resource, issuer } }: Issuer) {
  const additionalParameters: Record<string, string> = resource === null ? {} : { resource };
  return {
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    // the server reads http only from an issuer on its own machine
    [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
    additionalParameters,
  };
}

/** An issuer that does not rotate refresh tokens sends none. */
function toTokens(answer: oauth.TokenEndpointResponse, previous: string | null): Tokens {
  const { access_token: token, refresh_token: refreshToken = previous, expires_in: seconds } = answer;
  if (refreshToken === null) return { token, renewal: null };
  const dueAt = seconds === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + seconds * 1_000 * RENEWED_AFTER;
  return { token, renewal: { refreshToken, dueAt } };
}

async function inWords<T>({ settings, metadata }: Issuer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === "invalid_grant")
      throw new SessionOverError(`Your sign-in at ${settings.issuer} has ended. Sign in again.`);
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError)
      throw new SignInError(
        `${settings.issuer} refuses: ${error.error_description ?? "it gives no reason"} (${error.error}).`,
      );
    if (error instanceof oauth.OperationProcessingError)
      throw new SignInError(`The answer of ${settings.issuer} does not belong to this sign-in: ${error.message}.`);
    throw new SignInError(
      `${metadata.token_endpoint} cannot be reached from this page. Either it is down, or it does not let pages of ${window.location.origin} ask it: allow this origin (CORS) for the client ${settings.clientId} at the provider.`,
    );
  }
}
