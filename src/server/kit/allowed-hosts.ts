import { isLoopbackHost } from "../../util/network/loopback.js";

/**
 * Whether a request names an allowed host. In local mode that is this machine only: otherwise a page of another site could
 * reach the server by DNS rebinding.
 */
export function isAllowedHost(isLocal: boolean, host: string | null | undefined): boolean {
  return !isLocal || isLoopbackHost(hostnameOf(`http://${host ?? ""}`));
}

/** Whether a page of this origin may open a WebSocket. Only browsers send an origin. */
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
