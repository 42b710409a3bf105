/** Why the database could not be opened, in one sentence for whoever starts the server. */
export class DatabaseStartError extends Error {
  override readonly name = "DatabaseStartError";
}
