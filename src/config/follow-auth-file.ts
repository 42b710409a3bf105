import type { IssuerSettings } from "../auth/issuer-settings.js";
import { AuthFileError, parseAuthFile, readAuthText } from "./auth-file.js";

export interface FollowOptions {
  readonly path: string;
  readonly onIssuers: (issuers: readonly IssuerSettings[]) => void;
  readonly log: { info(message: string): void; error(message: string): void };
  readonly intervalMs?: number;
}

const INTERVAL_MS = 2_000;

/**
 * Reads the file of issuers, again when it changes, and when asked to. It looks at the text now and then, since mounted
 * configuration changes by links that are put in place of others. A change counts once two looks in a row see the same, as
 * half of a file may be sound and give more than the whole. A file with mistakes changes nothing.
 */
export function followAuthFile({ path, onIssuers, log, intervalMs = INTERVAL_MS }: FollowOptions) {
  let seen = lookAt(path);
  let told = "";

  function tell(state: string): void {
    told = state;
    try {
      if (state.startsWith(UNREADABLE)) throw new AuthFileError([state.slice(UNREADABLE.length)]);
      const issuers = parseAuthFile(state);
      onIssuers(issuers);
      log.info(`${path} was read: ${issuers.length} issuers are trusted.`);
    } catch (error) {
      log.error(`${path} has mistakes, so what it said before still holds: ${(error as Error).message}`);
    }
  }

  /** Tells each state of the file once. */
  function look(): void {
    const state = lookAt(path);
    if (state === seen && state !== told) tell(state);
    seen = state;
  }

  // it may have changed since the configuration was read: the database was opened meanwhile
  tell(seen);
  const timer = setInterval(look, intervalMs).unref();
  return { reload: () => tell(lookAt(path)), stop: async () => clearInterval(timer) };
}

/** No text of YAML begins like this. */
const UNREADABLE = "\0";

function lookAt(path: string): string {
  try {
    return readAuthText(path);
  } catch (error) {
    return `${UNREADABLE}${(error as Error).message}`;
  }
}
