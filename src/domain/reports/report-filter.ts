import { InvalidInputError } from "../errors.js";
import type { Stage } from "../versions/stage.js";

/** Which promotions a report lists. All conditions that are set must hold; undefined = any. */
export interface ReportFilter {
  /** Names or globs. One of them matches a name that the model has, or under which it was promoted. */
  readonly models?: readonly string[] | undefined;
  /** A tag that the model has now. */
  readonly tag?: { readonly key: string; readonly value?: string | undefined } | undefined;
  /** Promotions to one of these stages, or to one of these aliases. */
  readonly stages?: readonly Stage[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** The promotion with the event at this position of the log. */
  readonly revision?: bigint | undefined;
  /** Only where rules were overridden. */
  readonly overridden?: boolean | undefined;
  /** Only of versions that had held the target before. */
  readonly heldBefore?: boolean | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

/** Throws INVALID_INPUT for a range in which nothing can be. */
export function requireRange({ from, to }: Pick<ReportFilter, "from" | "to">): void {
  if (from && to && from >= to) throw new InvalidInputError("to", "to must be later than from: it is exclusive.");
}
