/**
 * Rows for `json_to_recordset`, each with its `index` in the list: one statement looks all of them up, and `inOrder` puts
 * what it finds in the order of the list. Half of a surrogate pair, which JSON can express and PostgreSQL cannot read,
 * becomes U+FFFD.
 */
export function indexedRows(wanted: readonly object[]): string {
  const rows = wanted.map((each, index) => ({ ...each, index }));
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}

/** The rows that were found, in the order of what was wanted; null where nothing was found. */
export function inOrder<Row extends object>(
  wanted: readonly unknown[],
  rows: readonly (Row & { index: number })[],
): (Omit<Row, "index"> | null)[] {
  const found = new Map(rows.map(({ index, ...row }) => [index, row]));
  return wanted.map((_, index) => found.get(index) ?? null);
}
