import { NotFoundError } from "../../domain/errors.js";
import { statusAt } from "../../domain/policy-changes/change-request.js";
import type { Policy, PolicyChangeRequest } from "../../store/generated/client.js";
import { lockPolicies } from "../../store/governance/policies.js";
import type { Work } from "../command.js";
import { conflictWith } from "../current-state.js";

export type LockedChange = PolicyChangeRequest & { readonly policy: Policy };

/** A request with its policy. The policies are locked, so that they and their requests change one at a time. */
export async function lockChange(work: Work, id: string): Promise<LockedChange> {
  await lockPolicies(work.tx);
  const request = await work.tx.policyChangeRequest.findUnique({ where: { id }, include: { policy: true } });
  if (!request) throw new NotFoundError("The request was not found.");
  return request;
}

/** Throws CONFLICT unless the request can still be approved, rejected and cancelled. */
export function requireOpen(work: Work, request: LockedChange): void {
  const status = statusAt(request, request.policy, work.at);
  if (status === "OPEN") return;
  throw conflictWith(work.viewer, "PolicyChangeRequest", {
    message: `The request is ${status}; it must be OPEN.`,
    plain: "The request is not open.",
    values: { status },
  });
}
