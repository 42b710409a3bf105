/** Why the database cannot be opened, in one sentence for the operator. */
export class DatabaseStartError extends Error {
  override readonly name = "DatabaseStartError";
}
