import { isLoopbackHost } from "../../util/loopback.js";

/** In local mode a request must speak to this machine by a name of its own: else a page elsewhere could (DNS rebinding). */
export function isAllowedHost(isLocal: boolean, host: string | null | undefined): boolean {
  return !isLocal || isLoopbackHost(hostnameOf(`http://${host ?? ""}`));
}

/** Whether a page of this origin may open a socket. Programs send no origin. */
export function isAllowedOrigin(isLocal: boolean, corsOrigins: readonly string[], origin: string | undefined): boolean {
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return isLocal && isLoopbackHost(hostnameOf(origin));
}

function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}
