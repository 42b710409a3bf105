const KINDS: ReadonlySet<string> = new Set([
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "WITH",
  "BEGIN",
  "COMMIT",
  "ROLLBACK",
  "SAVEPOINT",
  "SET",
  "LISTEN",
]);
const FIRST_WORD = /^\s*([A-Za-z]+)/;

/** The first word of a statement, or `other` if the registry does not use it. */
export function statementKind(text: string): string {
  const word = FIRST_WORD.exec(text)?.[1]?.toUpperCase() ?? "";
  return KINDS.has(word) ? word : "other";
}
