/** Why the database could not be opened, in one sentence for whoever starts the server. */
export class DatabaseStartError extends Error {
  override readonly name = "DatabaseStartError";
}

/** A system call's or PostgreSQL's code, if the error carries one. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The first message there is: Node gathers failed connection attempts in an AggregateError without one. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error && error.message ? error.message : String(codeOf(error) ?? error);
}
