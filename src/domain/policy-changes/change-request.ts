import type { Policy } from "../governance/policy.js";
import { canonicalJson } from "../values/json.js";

export const CHANGE_KINDS = ["CHANGE", "DELETE"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const CHANGE_STATUSES = ["OPEN", "APPLIED", "REJECTED", "CANCELLED", "EXPIRED", "STALE"] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/** How a request ends, and the event that says so. */
export const CHANGE_ENDINGS = {
  APPLIED: "policy_change.applied",
  REJECTED: "policy_change.rejected",
  CANCELLED: "policy_change.cancelled",
  EXPIRED: "policy_change.expired",
  STALE: "policy_change.outdated",
} as const satisfies Record<Exclude<ChangeStatus, "OPEN">, string>;
export type ChangeEnding = keyof typeof CHANGE_ENDINGS;

/** What a policy is to become; null = it is to be deleted. JSON, as it is stored. */
export type Proposal = Pick<Policy, "mode" | "definition"> | null;

const LIFETIME_MS = 14 * 86_400_000;

/** Until when a change that is proposed now can be approved. */
export function expiryOf(proposedAt: Date): Date {
  return new Date(proposedAt.getTime() + LIFETIME_MS);
}

interface Dated {
  readonly status: ChangeStatus;
  readonly expectedRevision: number;
  readonly expiresAt: Date;
}

/** What a request is now. That one has expired, or that its policy has another revision, counts before it is written. */
export function statusAt(
  { status, expectedRevision, expiresAt }: Dated,
  policy: { readonly revision: number; readonly deletedAt: Date | null },
  at: Date,
): ChangeStatus {
  if (status !== "OPEN") return status;
  if (expiresAt <= at) return "EXPIRED";
  return policy.deletedAt === null && policy.revision === expectedRevision ? "OPEN" : "STALE";
}

export function isSameProposal(a: Proposal, b: Proposal): boolean {
  if (a === null || b === null) return a === b;
  return a.mode === b.mode && canonicalJson(a.definition) === canonicalJson(b.definition);
}
