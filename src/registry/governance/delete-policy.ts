import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { isProtected } from "../../domain/governance/policy.js";
import { parseReason } from "../../domain/versions/reason.js";
import { lockPolicies } from "../../store/governance/policies.js";
import type { CommandContext } from "../command.js";
import { requirePolicyRights, requireRevision } from "./apply-policy.js";
import { proposeChange } from "./propose-change.js";
import { toApplied, writeDeletion } from "./write-change.js";

export interface DeletePolicyInput {
  readonly name: string;
  /** The revision that the policy must have now; absent = no check. */
  readonly expectedRevision?: number | null | undefined;
  /** For whoever approves the deletion, and for readers of its event. */
  readonly reason?: string | null | undefined;
}

export interface PolicyDeleted {
  /** Null if the deletion waits. */
  readonly deletedId: string | null;
  /** The request in which the deletion of a protected policy waits. */
  readonly changeRequest: string | null;
}

/**
 * Deletes a policy. Its revision rises, and a policy that is applied under the name later continues from it. The deletion of a
 * protected policy becomes a request.
 *
 * Errors: FORBIDDEN, also for a token with a models claim; INVALID_INPUT; NOT_FOUND; CONFLICT if the expected revision does not
 * hold; ALREADY_EXISTS if another change of the protected policy waits.
 */
export async function deletePolicy(context: CommandContext, input: DeletePolicyInput): Promise<PolicyDeleted> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.deletePolicy, "deletePolicy");
  const { name, expectedRevision } = input;
  const reason = parseReason("input.reason", input.reason);
  return context.transact(async (work) => {
    await lockPolicies(work.tx);
    const row = await work.tx.policy.findFirst({ where: { name, deletedAt: null } });
    if (!row) throw new NotFoundError(`The policy "${name}" was not found.`);
    requireRevision(work.viewer, name, expectedRevision ?? undefined, row.revision);
    const policy = toApplied(row);
    if (isProtected(policy)) {
      return { deletedId: null, changeRequest: await proposeChange(work, { policy, proposal: null, reason }) };
    }
    await writeDeletion(work, policy, { reason });
    return { deletedId: policy.id, changeRequest: null };
  });
}
