import type { Viewer } from "../domain/actor.js";
import type { Prisma } from "./generated/client.js";

type ModelWhere = Prisma.ModelWhereInput;

/** Living rows, or those that were deleted. */
export type Deleted = "EXCLUDE" | "ONLY";

/** The models whose names the viewer's token covers, as a condition; the same rule as domain/glob.ts. */
export function coveredModel(viewer: Viewer): ModelWhere {
  return viewer.modelGlobs === null ? {} : nameMatches(viewer.modelGlobs);
}

/** The living (or deleted) models that the viewer may see. */
export function visibleModel(viewer: Viewer, deleted: Deleted = "EXCLUDE"): ModelWhere {
  return { ...coveredModel(viewer), deletedAt: deleted === "ONLY" ? { not: null } : null };
}

/** The living (or deleted) versions, of living models, that the viewer may see. */
export function visibleVersion(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.ModelVersionWhereInput {
  return { deletedAt: deleted === "ONLY" ? { not: null } : null, model: visibleModel(viewer) };
}

export function visibleTransition(viewer: Viewer): Prisma.StageTransitionWhereInput {
  return { model: visibleModel(viewer) };
}

/** Names that match one of the globs. An exact name stays a look-up by index. */
export function nameMatches(globs: readonly string[]): ModelWhere {
  const exact = globs.filter((glob) => !glob.includes("*"));
  const patterns = globs.filter((glob) => glob.includes("*")).map(patternMatches);
  return { OR: [{ name: { in: exact } }, ...patterns] };
}

/**
 * `a*b*c` is "starts with a" and "ends with b, anything, c after a": Prisma passes LIKE's own `%` through, so the parts
 * are escaped and joined with it. The leading part is a range on the name's index.
 */
function patternMatches(glob: string): ModelWhere {
  const parts = glob.split("*").map(escapeLike);
  return { AND: [{ name: { startsWith: parts[0] ?? "" } }, { name: { endsWith: parts.join("%") } }] };
}

/** Makes `%`, `_` and `\` stand for themselves in a LIKE pattern; Prisma does not. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
