import type { IssuerSettings } from "../auth/issuer-settings.js";
import { parseAuthFile, readAuthText } from "./auth-file.js";

export interface FollowOptions {
  readonly path: string;
  readonly onIssuers: (issuers: readonly IssuerSettings[]) => void;
  readonly log: { info(message: string): void; error(message: string): void };
  readonly intervalMs?: number;
}

const INTERVAL_MS = 2_000;

/**
 * Reads the file of issuers again when it changes, and when asked to. It looks at the text now and then, since mounted
 * configuration changes by links that are put in place of others. A file with mistakes changes nothing.
 */
export function followAuthFile({ path, onIssuers, log, intervalMs = INTERVAL_MS }: FollowOptions) {
  let seen = textOrProblem(path);

  /** Tells each state of the file once, but for whoever asks. */
  function reload(isAsked = true): void {
    const now = textOrProblem(path);
    if (now === seen && !isAsked) return;
    seen = now;
    try {
      const issuers = parseAuthFile(readAuthText(path));
      onIssuers(issuers);
      log.info(`${path} was read again: ${issuers.length} issuers are trusted.`);
    } catch (error) {
      log.error(`${path} has mistakes, so what it said before still holds: ${(error as Error).message}`);
    }
  }

  const timer = setInterval(() => reload(false), intervalMs).unref();
  return { reload: () => reload(), stop: async () => clearInterval(timer) };
}

function textOrProblem(path: string): string {
  try {
    return readAuthText(path);
  } catch (error) {
    return `\0${(error as Error).message}`;
  }
}
