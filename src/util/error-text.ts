/** The code of a system call's or a database's error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The first message there is: Node gathers failed connection attempts in an AggregateError without one. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorMessage(error.errors[0]);
  return error instanceof Error && error.message ? error.message : String(errorCode(error) ?? error);
}
