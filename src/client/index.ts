/** Watches a Shelfmark registry from a program. Has no dependencies; for Node 20 and later, and for browsers. */
export type { ConnectionOptions, TokenSource } from "./connection.js";
export { ConnectionError, ModelRenamedError, ShelfmarkError } from "./errors.js";
export { reconcile } from "./reconcile.js";
export type { Place, ReconcileOptions, Standing } from "./reconcile-options.js";
export {
  type AliasChange,
  type Change,
  type ChangeFilter,
  type Stage,
  type StageChange,
  type WatchOptions,
  watch,
} from "./watch.js";
