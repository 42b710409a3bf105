/** A refusal of the server: what went wrong, and its code out of the list in the schema's description. */
export class ShelfmarkError extends Error {
  override readonly name = "ShelfmarkError";
  readonly code: string;
  readonly retryable: boolean;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(message: string, extensions: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = typeof extensions.code === "string" ? extensions.code : "INTERNAL";
    this.retryable = extensions.retryable === true;
    this.extensions = extensions;
  }
}

/** The server could not be reached, went away or said nothing that is GraphQL: to be tried again. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

export interface GraphQLErrorShape {
  readonly message?: unknown;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export function toError({ message, extensions }: GraphQLErrorShape): ShelfmarkError {
  return new ShelfmarkError(String(message), extensions ?? {});
}
