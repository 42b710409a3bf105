import type { ConnectionOptions } from "./connection.js";
import type { Stage } from "./watch.js";

/** Where to look: on a stage, or under an alias. */
export type Place = { readonly stage: Stage } | { readonly alias: string };

/** The version that stands there now. */
export interface Standing {
  readonly modelName: string;
  readonly versionNumber: number;
  readonly versionId: string;
  readonly digest: string | null;
  /** Null where none was given, and to a token without `artifacts:read`. */
  readonly source: string | null;
}

export interface ReconcileOptions extends ConnectionOptions {
  readonly at: Place;
  /** Names or globs of models, in which `*` stands for anything. Absent: all that the token covers. */
  readonly models?: readonly string[] | undefined;
  /**
   * Makes it so. Called for what stands there when the watch begins, and again whenever it is another version; one call
   * at a time for a model, several models at once. If it throws it is called again after a while, with what stands there
   * by then: a rollback overtakes a broken deploy.
   */
  readonly apply: (standing: Standing, previous: Standing | null) => Promise<void>;
  /** Called when `apply` threw. */
  readonly onFailure?: ((standing: Standing, error: unknown, waitMs: number) => void) | undefined;
  /** Called when nobody stands there any more: nothing is applied. */
  readonly onVacant?: ((modelName: string) => void) | undefined;
  /** Called before each new attempt after the connection was lost. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
  /** How many models at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /** The first and the longest wait between attempts of `apply`, in milliseconds. Default: 1 000 and 30 000. */
  readonly retryMs?: { readonly first: number; readonly longest: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}
