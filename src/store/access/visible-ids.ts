import type { Viewer } from "../../domain/access/actor.js";
import { isVisible } from "../../domain/access/visibility.js";

type Facts = Parameters<typeof isVisible>[2];

interface VisibleRows {
  readonly noun: "Run" | "LoggedModel";
  readonly rows: readonly (Facts & { readonly id: string })[];
  /** Those that the viewer sees, of rows that were read without all that decides it. */
  lookUp(ids: readonly string[]): PromiseLike<readonly { readonly id: string }[]>;
}

/** The ids of the rows that the viewer may see. Asks the database only where the rows do not say. */
export async function visibleIds(viewer: Viewer, { noun, rows, lookUp }: VisibleRows): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const unknown = new Set<string>();
  for (const row of rows) {
    const isSeen = isVisible(noun, viewer, row);
    if (isSeen === undefined) unknown.add(row.id);
    else if (isSeen) seen.add(row.id);
  }
  if (unknown.size > 0) for (const { id } of await lookUp([...unknown])) seen.add(id);
  return seen;
}
