import { coversAllRuns, isSameActor, type Viewer } from "../../domain/access/actor.js";
import type { Scope } from "../../domain/access/scopes.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import { coveredDataset, linkableDataset } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import {
  type FoundDataset,
  type LockedDataset,
  lockDatasetRow,
  shareDatasets,
} from "../../store/tracking/dataset-lookup.js";
import type { Work } from "../command.js";
import { notFound } from "./tracking-lookup.js";

/** Refuses a token that does not see every run: it sees a dataset only through a run that uses it. */
export function requireAllRuns(viewer: Viewer, scope: Scope): void {
  if (coversAllRuns(viewer)) return;
  throw new ForbiddenError(
    "This token is narrowed by a models or an experiments claim, so it sees a dataset only through runs that it may see. Use logInputs or logOutputs of such a run.",
    [scope],
  );
}

/** The living datasets that the viewer may see, kept from being deleted until the transaction ends. */
export async function requireDatasets(
  work: Work,
  refs: readonly { readonly field: string; readonly ref: DatasetRef }[],
): Promise<FoundDataset[]> {
  const found = await findDatasets(work, refs);
  return found.map((dataset, index) => {
    if (dataset) return dataset;
    throw notFound("dataset", refs[index]?.field);
  });
}

/** The same, with null for what is not there or not the viewer's. */
export async function findDatasets(
  work: Work,
  refs: readonly { readonly ref: DatasetRef }[],
): Promise<(FoundDataset | null)[]> {
  const found = await shareDatasets(
    work.tx,
    refs.map(({ ref }) => ref),
  );
  const covered = await coveredDatasets(
    work,
    found.map((dataset) => dataset?.id ?? NOBODY),
  );
  return found.map((dataset) => (dataset && covered.has(dataset.id) ? dataset : null));
}

/** Locks the living dataset, for a command that changes it. */
export async function lockDataset(work: Work, ref: DatasetRef, scope: Scope): Promise<FoundDataset> {
  const dataset = await lockAnyDataset(work, ref, scope);
  if (dataset.deletedAt) throw datasetNotFound();
  return dataset;
}

/**
 * Locks the dataset, deleted or not, until the transaction ends. Datasets are shared: a token that sees only some of the
 * runs may change only the datasets that its bearer registered.
 */
export async function lockAnyDataset(work: Work, ref: DatasetRef, scope: Scope): Promise<LockedDataset> {
  const dataset = await lockDatasetRow(work.tx, ref);
  const covered = await coveredDatasets(work, [dataset?.id ?? NOBODY]);
  if (!dataset || !covered.has(dataset.id)) throw datasetNotFound();
  const { createdByIssuer: issuer, createdBySubject: subject } = dataset;
  if (coversAllRuns(work.viewer) || isSameActor(work.viewer.actor, { issuer, subject })) return dataset;
  throw new ForbiddenError(
    "Somebody else registered this dataset, and this token is narrowed by a models or an experiments claim: it may use the dataset, but not change, delete or restore it.",
    [scope],
  );
}

function datasetNotFound(): NotFoundError {
  return new NotFoundError("The dataset was not found.");
}

/** Looked up if the dataset does not exist, so that the time it takes reveals nothing. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Those of the datasets that the viewer's token covers. */
function coveredDatasets(work: Work, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return filterDatasets(work, ids, coveredDataset(work.viewer));
}

/** Those of the datasets that the viewer's token may link to a run by name and digest. */
export function linkableDatasets(work: Work, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return filterDatasets(work, ids, linkableDataset(work.viewer));
}

async function filterDatasets(
  { tx, viewer }: Work,
  ids: readonly string[],
  rule: Prisma.DatasetWhereInput,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0 || coversAllRuns(viewer)) return new Set(ids);
  const where = { AND: [{ id: { in: [...ids] } }, rule] };
  const rows = await tx.dataset.findMany({ where, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
