import { coversAllRuns, coversEverything, coversRunsByVersion, type Viewer } from "../../domain/access/actor.js";
import type { Prisma } from "../generated/client.js";

type ModelWhere = Prisma.ModelWhereInput;

/** Living rows, or those that were deleted. */
export type Deleted = "EXCLUDE" | "ONLY";

/** The models whose names the viewer's token covers, as a condition; the same rule as domain/glob.ts. */
export function coveredModel(viewer: Viewer): ModelWhere {
  return viewer.modelGlobs === null ? {} : textMatches("name", viewer.modelGlobs);
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

/** The living (or deleted) experiments that the viewer may see: those that the token names, or those of visible runs. */
export function visibleExperiment(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.ExperimentWhereInput {
  const deletedAt = deleted === "ONLY" ? { not: null } : null;
  if (coversRunsByVersion(viewer))
    return { deletedAt, runs: { some: { AND: [{ deletedAt: null }, coveredRun(viewer)] } } };
  return { ...namedExperiment(viewer), deletedAt };
}

/** The runs, of living or deleted experiments, that the viewer's token covers. store/visibility-sql.ts says the same. */
export function coveredRun(viewer: Viewer): Prisma.RunWhereInput {
  if (!coversRunsByVersion(viewer)) return { experiment: namedExperiment(viewer) };
  const version = visibleVersion(viewer);
  return { OR: [{ downstream: { some: { toVersion: version } } }, { upstream: { some: { fromVersion: version } } }] };
}

/** The living (or deleted) runs, of living experiments, that the viewer may see. */
export function visibleRun(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.RunWhereInput {
  const deletedAt = deleted === "ONLY" ? { not: null } : null;
  if (coversRunsByVersion(viewer)) return { ...coveredRun(viewer), deletedAt, experiment: { deletedAt: null } };
  return { deletedAt, experiment: visibleExperiment(viewer) };
}

/** The datasets that the viewer's token covers: for one that is narrowed, what visible runs read, made or were measured on. */
export function coveredDataset(viewer: Viewer): Prisma.DatasetWhereInput {
  if (coversAllRuns(viewer)) return {};
  const run = visibleRun(viewer);
  return {
    OR: [
      { downstream: { some: { toRun: run } } },
      { upstream: { some: { fromRun: run } } },
      { series: { some: { run } } },
    ],
  };
}

/** The living (or deleted) datasets that the viewer may see. */
export function visibleDataset(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.DatasetWhereInput {
  return { ...coveredDataset(viewer), deletedAt: deleted === "ONLY" ? { not: null } : null };
}

/** The deployments, of living models, that the viewer may see. */
export function visibleDeployment(viewer: Viewer): Prisma.DeploymentWhereInput {
  const covered = viewer.environmentGlobs === null ? {} : textMatches("environment", viewer.environmentGlobs);
  return { ...covered, removedAt: null, model: visibleModel(viewer) };
}

/** The living webhooks that the viewer may see: those of the same actor, or all for a token for everything. */
export function visibleWebhook(viewer: Viewer): Prisma.WebhookWhereInput {
  if (coversEverything(viewer)) return { deletedAt: null };
  return { createdBySubject: viewer.actor.subject, createdByIssuer: viewer.actor.issuer, deletedAt: null };
}

/** Revocations are for tokens for everything. */
export function visibleRevocation(viewer: Viewer): Prisma.RevocationWhereInput {
  return coversEverything(viewer) ? {} : { id: { in: [] } };
}

export function visibleDelivery(viewer: Viewer): Prisma.WebhookDeliveryWhereInput {
  return { webhook: visibleWebhook(viewer) };
}

function namedExperiment({ experimentGlobs }: Viewer): Prisma.ExperimentWhereInput {
  return experimentGlobs === null ? {} : textMatches("name", experimentGlobs);
}

/** Texts of a column that match one of the globs. An exact text stays a look-up by index. */
export function textMatches<Column extends string>(column: Column, globs: readonly string[]) {
  const exact = globs.filter((glob) => !glob.includes("*"));
  const patterns = globs.filter((glob) => glob.includes("*")).map((glob) => patternMatches(column, glob));
  return { OR: [on(column, { in: exact }), ...patterns] };
}

/**
 * `a*b*c` is "starts with a" and "ends with b, anything, c after a": Prisma passes LIKE's own `%` through, so the parts
 * are escaped and joined with it. The leading part is a range on the column's index.
 */
function patternMatches<Column extends string>(column: Column, glob: string) {
  const parts = glob.split("*").map(escapeLike);
  return { AND: [on(column, { startsWith: parts[0] ?? "" }), on(column, { endsWith: parts.join("%") })] };
}

function on<Column extends string, Condition>(column: Column, condition: Condition): { [C in Column]: Condition } {
  return { [column]: condition } as { [C in Column]: Condition };
}

/** Makes `%`, `_` and `\` stand for themselves in a LIKE pattern; Prisma does not. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
