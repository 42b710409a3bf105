import type pg from "pg";

/** The code of the error of a statement whose result is too large. */
export const RESULT_TOO_LARGE = "RESULT_TOO_LARGE";

/**
 * Closes a connection on which one statement returns more than `maxBytes` of rows. All rows are in memory before the first
 * is used, and users decide how large they are. PostgreSQL has no setting for this.
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
  return Object.assign(new Error(`A statement returned more than ${maxBytes} bytes.`), { code: RESULT_TOO_LARGE });
}
