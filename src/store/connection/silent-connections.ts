import type { Socket } from "node:net";
import type pg from "pg";
import type { DatabaseLog } from "./database.js";
import { followStatements } from "./statement-observer.js";

const LONGEST_MARGIN_MS = 5_000;
/** After a busy moment of this process, an answer may be there that it has not read yet. */
const SECOND_LOOK_MS = 1_000;

const patient = new WeakSet<pg.ClientBase>();

/** What this connection is asked may take any time, as a migration may. */
export function waitForAny(client: pg.ClientBase): void {
  patient.add(client);
}

/**
 * Ends connections on which a statement is not answered for longer than the database lets it run. A network that is gone
 * closes none: whoever waits would wait on, the reader of the log among them, and the pool would run dry.
 */
export function cutSilentConnections(pool: pg.Pool, statementTimeoutMs: number, log: DatabaseLog): void {
  const silenceMs = statementTimeoutMs + Math.min(statementTimeoutMs, LONGEST_MARGIN_MS);
  pool.on("connect", (client) => {
    const stream = client.connection.stream as Socket;
    let unanswered = 0;
    followStatements(client, () => {
      unanswered++;
      return () => void unanswered--;
    });
    stream.setTimeout(silenceMs);
    // not the callback of setTimeout, which hears the first silence alone: that of a connection that nobody used
    stream.on("timeout", () => {
      if (unanswered === 0) return;
      const { bytesRead } = stream;
      const cut = () => {
        if (unanswered === 0 || stream.bytesRead !== bytesRead || patient.has(client)) return;
        log.warn(`The database did not answer on a connection for ${silenceMs} ms: it is given up.`);
        stream.destroy();
      };
      setTimeout(cut, SECOND_LOOK_MS).unref();
    });
  });
}
