import type { Actor } from "../../domain/access/actor.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { Policy as PolicyRow } from "../../store/generated/client.js";
import { type AppliedPolicy, removePolicy, writePolicy } from "../../store/governance/write-policy.js";
import type { Work } from "../command.js";
import { settleAllSelections } from "./selection.js";

/** Why a policy changes, and who asked, if somebody else approved it. */
export interface Origin {
  readonly reason: string | null;
  readonly request?: { readonly id: string; readonly proposedBy: Actor };
}

/**
 * Creates a policy or replaces it whole. The policies must be locked. Throws CONFLICT if a stage that may have one holder has
 * several.
 */
export async function writeChange(
  work: Work,
  { previous, next }: { readonly previous: AppliedPolicy | null; readonly next: AppliedPolicy },
  origin: Origin,
): Promise<void> {
  const { name, revision, mode, definition } = next;
  await writePolicy(work.tx, next, { actor: work.viewer.actor, at: work.at });
  await settleAllSelections(work);
  work.emit({
    type: "policy.applied",
    subject: { type: "Policy", id: next.id },
    before: previous && { revision: previous.revision, mode: previous.mode, definition: previous.definition },
    after: { name, revision, mode, definition, ...toldOf(origin) },
  });
}

/** Deletes a policy. The policies must be locked. */
export async function writeDeletion(work: Work, policy: AppliedPolicy, origin: Origin): Promise<void> {
  const { id, name, revision, mode, definition } = policy;
  await removePolicy(work.tx, { id, revision: revision + 1 }, { actor: work.viewer.actor, at: work.at });
  await settleAllSelections(work);
  work.emit({
    type: "policy.deleted",
    subject: { type: "Policy", id },
    before: { name, revision, mode, definition },
    after: { revision: revision + 1, ...toldOf(origin) },
  });
}

/** What the event says of it; no key where there is nothing to say. */
function toldOf({ reason, request }: Origin): JsonObject {
  if (!request) return reason === null ? {} : { reason };
  const { issuer, subject, name, kind } = request.proposedBy;
  return {
    ...(reason === null ? {} : { reason }),
    changeRequest: request.id,
    proposedBy: { issuer, subject, name, kind },
  };
}

export function toApplied({ id, name, revision, mode, definition }: PolicyRow): AppliedPolicy {
  return { id, name, revision, mode, definition: definition as unknown as AppliedPolicy["definition"] };
}
