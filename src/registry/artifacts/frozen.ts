import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { visibleVersion } from "../../store/access/visibility.js";
import { findVersionOf } from "../../store/artifacts/artifact-changes.js";
import type { Transaction } from "../../store/connection/transaction.js";

/**
 * Throws CONFLICT if a READY version is made of the file, or of files below the path: its digest would no longer be theirs.
 * Whoever does not see the version learns only that there is one.
 */
export async function requireUnfrozen(tx: Transaction, viewer: Viewer, path: string): Promise<void> {
  const found = await findVersionOf(tx, path);
  if (!found) return;
  const name = await nameFor(tx, viewer, found.id);
  throw new ConflictError(
    `The files in '${found.directory}' are those of ${name}, whose digest they must keep. Log to another path, or delete the version first.`,
  );
}

async function nameFor(tx: Transaction, viewer: Viewer, id: string): Promise<string> {
  const row = holdsScope(viewer.scopes, TYPE_SCOPE.ModelVersion)
    ? await tx.modelVersion.findFirst({
        where: { AND: [visibleVersion(viewer), { id }] },
        select: { number: true, model: { select: { name: true } } },
      })
    : null;
  return row ? `version ${row.number} of the model "${row.model.name}"` : "a registered version";
}
