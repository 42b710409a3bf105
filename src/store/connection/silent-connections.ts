import type { Socket } from "node:net";
import type pg from "pg";
import type { DatabaseLog } from "./database.js";
import { followStatements } from "./statement-observer.js";

const LONGEST_MARGIN_MS = 5_000;
/** A busy process may not have read an answer yet that has arrived. */
const SECOND_LOOK_MS = 1_000;

const withoutLimit = new WeakSet<pg.ClientBase>();

/** Lets statements on this connection take any time, as migrations may. */
export function allowSlowStatements(client: pg.ClientBase): void {
  withoutLimit.add(client);
}

/**
 * Closes connections on which a statement gets no answer for longer than the database lets it run. A network that is gone
 * closes no connection: every user, such as the reader of the log, would wait for ever, and the pool would run out.
 */
export function closeSilentConnections(pool: pg.Pool, statementTimeoutMs: number, log: DatabaseLog): void {
  const silenceMs = statementTimeoutMs + Math.min(statementTimeoutMs, LONGEST_MARGIN_MS);
  pool.on("connect", (client) => {
    const stream = client.connection.stream as Socket;
    let unanswered = 0;
    followStatements(client, () => {
      unanswered++;
      return () => void unanswered--;
    });
    stream.setTimeout(silenceMs);
    // not the callback of setTimeout, which is called for the first silence only: that of an unused connection
    stream.on("timeout", () => {
      if (unanswered === 0) return;
      const { bytesRead } = stream;
      const close = () => {
        if (unanswered === 0 || stream.bytesRead !== bytesRead || withoutLimit.has(client)) return;
        log.warn(`The database did not answer on a connection for ${silenceMs} ms: the connection is closed.`);
        stream.destroy();
      };
      setTimeout(close, SECOND_LOOK_MS).unref();
    });
  });
}
