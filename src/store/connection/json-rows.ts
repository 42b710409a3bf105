/** Rows for `json_to_recordset`. Half of a surrogate pair, which JSON can write and PostgreSQL cannot read, becomes U+FFFD. */
export function jsonRows(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
