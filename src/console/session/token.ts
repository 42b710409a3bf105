import { useSyncExternalStore } from "react";
import { showPlace } from "./place";

const KEY = "shelfmark.token";
const RENEWAL_KEY = "shelfmark.renewal";
const REASON_KEY = "shelfmark.signed-out";
const listeners = new Set<() => void>();
/** Another one for each sign-in: a renewed token is the same session. */
let session = 0;

/** With what a token is renewed, and from when on. */
export interface Renewal {
  readonly refreshToken: string;
  readonly dueAt: number;
}

export interface Tokens {
  readonly token: string;
  /** Null: the session ends with its token. */
  readonly renewal: Renewal | null;
}

/**
 * Takes a token out of the address (`#token=…`), before anything else can read or copy the address. It signs in only on a
 * server in local mode: elsewhere a link could sign somebody in as the person who made it.
 */
export function takeTokenFromAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (token === null) return;
  showPlace(pathname + search, window.history.state);
  if (isLocalServer()) signIn({ token, renewal: null });
}

/** The server writes its mode into the page. The development server of Vite does not. */
function isLocalServer(): boolean {
  return document.documentElement.dataset.mode === "local" || import.meta.env.DEV;
}

export function currentToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function currentRenewal(): Renewal | null {
  const text = sessionStorage.getItem(RENEWAL_KEY);
  return text === null ? null : (JSON.parse(text) as Renewal);
}

export function signIn(tokens: Tokens): void {
  keepTokens(tokens);
  sessionStorage.removeItem(REASON_KEY);
  session++;
  tellListeners();
}

/** Goes on with another token in the same session. */
export function keepTokens({ token, renewal }: Tokens): void {
  sessionStorage.setItem(KEY, token.trim());
  if (renewal === null) sessionStorage.removeItem(RENEWAL_KEY);
  else sessionStorage.setItem(RENEWAL_KEY, JSON.stringify(renewal));
}

/** `reason`: what the person reads on the sign-in page. */
export function signOut(reason?: string): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(RENEWAL_KEY);
  if (reason === undefined) sessionStorage.removeItem(REASON_KEY);
  else sessionStorage.setItem(REASON_KEY, reason);
  tellListeners();
}

/** The number of the session; null if nobody is signed in. */
export function useSession(): number | null {
  return useSyncExternalStore(subscribe, () => (currentToken() === null ? null : session));
}

export function useSignOutReason(): string | null {
  return useSyncExternalStore(subscribe, () => sessionStorage.getItem(REASON_KEY));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tellListeners(): void {
  for (const listener of listeners) listener();
}
