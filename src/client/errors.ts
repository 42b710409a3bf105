/** A refusal by the server. The description of `Query` lists the codes. */
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

/**
 * A model that was followed by its exact name does not have that name any more: it was renamed, or another model has the
 * name. Start again with the name of the model that you mean.
 */
export class ModelRenamedError extends Error {
  override readonly name = "ModelRenamedError";
  readonly modelName: string;

  constructor(modelName: string, what: string) {
    super(`${what} Nothing more is applied for "${modelName}". Start again with the name of the model that you mean.`);
    this.modelName = modelName;
  }
}

/** The server could not be reached, closed the connection, or sent something that is not GraphQL. Try again. */
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

/** Whether the registry no longer holds the history after a cursor. */
export function isHistoryGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "HISTORY_COMPACTED" || code === "HISTORY_DIVERGED";
}
