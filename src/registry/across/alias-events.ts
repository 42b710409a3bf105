import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";

interface DeletedAlias {
  readonly name: string;
  /** The version that the alias pointed to. */
  readonly version: { readonly id: string; readonly number: number };
  readonly reason: string | null;
}

/** Emits that an alias was deleted; returns the id of the event, which is that of the alias transition. */
export function emitAliasDeleted(work: Work, model: LockedModel, { name, version, reason }: DeletedAlias): string {
  return work.emit({
    type: "alias.deleted",
    model,
    version,
    alias: name,
    before: { number: version.number },
    after: reason === null ? null : { reason },
  });
}
