import type { ConnectionOptions } from "./connection.js";
import type { Stage } from "./watch.js";

/** The place of a version: a stage or an alias. */
export type Place = { readonly stage: Stage } | { readonly alias: string };

/** The version that is at the place now. */
export interface Standing {
  readonly modelName: string;
  readonly versionNumber: number;
  readonly versionId: string;
  readonly digest: string | null;
  /** Null if the token may not read it: that requires the scope `artifacts:read`. */
  readonly source: string | null;
}

export interface ReconcileOptions extends ConnectionOptions {
  readonly at: Place;
  /**
   * Names or globs of models, where `*` matches any text. Absent: all models that the token may see. A name without `*`
   * means the model that has it when it is first read: `reconcile` rejects when that model is renamed, or when another
   * model has the name.
   */
  readonly models?: readonly string[] | undefined;
  /**
   * Deploys the version. Called for the version at the place when the watch starts, and again for each other version.
   * One call at a time for a model, several models at the same time. If it throws, it is called again after a wait with
   * the version that is there by then: a rollback replaces a broken deployment.
   */
  readonly apply: (standing: Standing, previous: Standing | null) => Promise<void>;
  /** Called when `apply` threw. */
  readonly onFailure?: ((standing: Standing, error: unknown, waitMs: number) => void) | undefined;
  /** Called when no version is at the place any more. Nothing is applied. */
  readonly onVacant?: ((modelName: string) => void) | undefined;
  /** Called before each reconnection. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
  /** How many models are applied at the same time. Default: 10. */
  readonly concurrency?: number | undefined;
  /** The first and the longest wait between two attempts, in milliseconds. Default: 1 000 and 30 000. */
  readonly retryMs?: { readonly first: number; readonly longest: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}
