import type pg from "pg";

/** The code of the error that a statement fails with whose result is too large. */
export const RESULT_TOO_LARGE = "RESULT_TOO_LARGE";

/**
 * Ends the connection over which a statement gives more than so many bytes of rows: all of them are held before the first
 * is looked at, and what they hold is the size of what somebody stored. PostgreSQL has no setting for it.
 */
export function refuseLargeResults(pool: pg.Pool, maxBytes: number): void {
  pool.on("connect", ({ connection }) => {
    let bytes = 0;
    connection.on("readyForQuery", () => {
      bytes = 0;
    });
    connection.on("dataRow", ({ length }: { length: number }) => {
      bytes += length;
      if (bytes > maxBytes) connection.stream.destroy(tooLarge(maxBytes));
    });
  });
}

function tooLarge(maxBytes: number): Error {
  return Object.assign(new Error(`A statement gave more than ${maxBytes} bytes.`), { code: RESULT_TOO_LARGE });
}
