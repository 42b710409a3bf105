import { placeOfMlflowLink } from "./mlflow-address";

/**
 * Replaces what the address says after the host. A place that begins with two slashes would name another host, so only
 * one is kept.
 */
export function showPlace(place: string, state: unknown = null): void {
  window.history.replaceState(state, "", window.location.origin + place.replace(/^[/\\]+/, "/"));
}

/** Mends an address such as `//models` or a link of MLflow, before the router reads it. */
export function mendAddress(): void {
  const { pathname, search, hash } = window.location;
  const linked = pathname === "/" ? placeOfMlflowLink(hash) : null;
  if (linked !== null) showPlace(linked);
  else if (/^[/\\]{2}/.test(pathname)) showPlace(pathname + search + hash, window.history.state);
}
