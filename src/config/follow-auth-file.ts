import { AuthFileError, parseAuthFile, readAuthText } from "./auth-file.js";
import type { AuthFile } from "./auth-file-schema.js";

export interface FollowOptions {
  readonly path: string;
  readonly onRead: (file: AuthFile) => void;
  readonly log: { info(message: string): void; error(message: string): void };
  readonly intervalMs?: number;
}

const INTERVAL_MS = 2_000;

/**
 * Reads the file of issuers now, whenever it changes, and on request. It polls the text, since mounted configuration
 * changes by replacing links. A change counts once two polls in a row see the same text: a half-written file may be valid
 * and grant more than the whole. A file with mistakes changes nothing.
 */
export function followAuthFile({ path, onRead, log, intervalMs = INTERVAL_MS }: FollowOptions) {
  let polled = readState(path);
  let applied = "";

  function apply(state: string): void {
    applied = state;
    try {
      if (state.startsWith(UNREADABLE)) throw new AuthFileError([state.slice(UNREADABLE.length)]);
      const file = parseAuthFile(state);
      onRead(file);
      log.info(`${path} was read: ${file.issuers.length} issuers are trusted.`);
    } catch (error) {
      log.error(`${path} has mistakes, so the issuers that were read before stay trusted: ${(error as Error).message}`);
    }
  }

  /** Applies each state of the file once. */
  function poll(): void {
    const state = readState(path);
    if (state === polled && state !== applied) apply(state);
    polled = state;
  }

  // the file may have changed since the configuration was read: opening the database takes time
  apply(polled);
  const timer = setInterval(poll, intervalMs).unref();
  return { reload: () => apply(readState(path)), stop: async () => clearInterval(timer) };
}

/** Marks the state of a file that cannot be read. A YAML text cannot begin with it. */
const UNREADABLE = "\0";

function readState(path: string): string {
  try {
    return readAuthText(path);
  } catch (error) {
    return `${UNREADABLE}${(error as Error).message}`;
  }
}
