import { useSyncExternalStore } from "react";

const KEY = "shelfmark.token";
const listeners = new Set<() => void>();

/** Takes a token out of the address (`#token=…`), before anything else can read or copy the address. */
export function takeTokenFromAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (token === null) return;
  window.history.replaceState(window.history.state, "", pathname + search);
  signIn(token);
}

export function currentToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
  sessionStorage.removeItem(REASON_KEY);
  tellListeners();
}

const REASON_KEY = "shelfmark.signed-out";

/** `reason`: what the person reads on the sign-in page. */
export function signOut(reason?: string): void {
  sessionStorage.removeItem(KEY);
  if (reason === undefined) sessionStorage.removeItem(REASON_KEY);
  else sessionStorage.setItem(REASON_KEY, reason);
  tellListeners();
}

export function signOutReason(): string | null {
  return sessionStorage.getItem(REASON_KEY);
}

export function useToken(): string | null {
  return useSyncExternalStore(subscribe, currentToken);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tellListeners(): void {
  for (const listener of listeners) listener();
}
