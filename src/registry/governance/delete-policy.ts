import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { lockPolicies } from "../../store/governance/policies.js";
import { removePolicy } from "../../store/governance/write-policy.js";
import type { CommandContext } from "../command.js";
import { requirePolicyRights, requireRevision, toApplied } from "./apply-policy.js";
import { settleAllSelections } from "./selection.js";

export interface DeletePolicyInput {
  readonly name: string;
  /** The revision that the policy must have now; absent = no check. */
  readonly expectedRevision?: number | null | undefined;
}

/**
 * Deletes a policy. Its revision rises, and a policy that is applied under the name later continues from it.
 *
 * Errors: FORBIDDEN, also for a token with a models claim; NOT_FOUND; CONFLICT if the expected revision does not hold.
 */
export async function deletePolicy(context: CommandContext, input: DeletePolicyInput): Promise<{ id: string }> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.deletePolicy, "deletePolicy");
  const { name, expectedRevision } = input;
  return context.transact(async (work) => {
    await lockPolicies(work.tx);
    const row = await work.tx.policy.findFirst({ where: { name, deletedAt: null } });
    if (!row) throw new NotFoundError(`The policy "${name}" was not found.`);
    requireRevision(work.viewer, name, expectedRevision ?? undefined, row.revision);
    const { id, revision, mode, definition } = toApplied(row);
    await removePolicy(work.tx, { id, revision: revision + 1 }, { actor: work.viewer.actor, at: work.at });
    await settleAllSelections(work);
    work.emit({
      type: "policy.deleted",
      subject: { type: "Policy", id },
      before: { name, revision, mode, definition },
      after: { revision: revision + 1 },
    });
    return { id };
  });
}
