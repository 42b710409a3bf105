import { AlreadyExistsError } from "../../domain/errors.js";
import {
  CHANGE_ENDINGS,
  type ChangeEnding,
  type ChangeKind,
  type ChangeStatus,
  expiryOf,
  isSameProposal,
  type Proposal,
  statusAt,
} from "../../domain/policy-changes/change-request.js";
import { encodeGlobalId } from "../../domain/values/global-id.js";
import type { PolicyChangeRequest, Prisma } from "../../store/generated/client.js";
import type { AppliedPolicy } from "../../store/governance/write-policy.js";
import { actorColumns, isCreator, type Work } from "../command.js";
import { mayRead } from "../current-state.js";
import { writeChange } from "./write-change.js";

export interface ProposedChange {
  /** The protected policy as it is. */
  readonly policy: AppliedPolicy;
  readonly proposal: Proposal;
  readonly reason: string | null;
}

/**
 * Opens a request to change a protected policy, and returns its id. The same proposal of the same person again returns the
 * request that is open. The policies must be locked. Throws ALREADY_EXISTS if another change of the policy waits.
 */
export async function proposeChange(work: Work, change: ProposedChange): Promise<string> {
  const { policy, proposal, reason } = change;
  const waiting = await findWaiting(work, change);
  if (waiting) return waiting.id;
  const expiresAt = expiryOf(work.at);
  const id = await insert(work, change, { status: "OPEN", expiresAt });
  work.emit({
    ...aboutChange({ id }),
    type: "policy_change.requested",
    after: {
      name: policy.name,
      kind: kindOf(proposal),
      status: "OPEN",
      expectedRevision: policy.revision,
      ...proposal,
      reason,
      expiresAt: expiresAt.toISOString(),
    },
  });
  return id;
}

/** What happens if somebody approves the change now. The transaction must be rolled back. */
export async function rehearseChange(work: Work, change: ProposedChange, next: AppliedPolicy): Promise<void> {
  await findWaiting(work, change);
  await insert(work, change, { status: "APPLIED", expiresAt: work.at });
  await writeChange(work, { previous: change.policy, next }, { reason: change.reason });
}

async function insert(
  work: Work,
  { policy, proposal, reason }: ProposedChange,
  until: { readonly status: ChangeStatus; readonly expiresAt: Date },
): Promise<string> {
  const id = work.newId();
  const row = {
    ...until,
    ...actorColumns(work.viewer),
    id,
    policyId: policy.id,
    kind: kindOf(proposal),
    ...(proposal === null ? {} : { proposal: proposal as unknown as Prisma.InputJsonObject }),
    expectedRevision: policy.revision,
    reason,
    createdAt: work.at,
  };
  await work.tx.policyChangeRequest.createMany({ data: [row] });
  return id;
}

function kindOf(proposal: Proposal): ChangeKind {
  return proposal === null ? "DELETE" : "CHANGE";
}

async function findWaiting(work: Work, { policy, proposal }: ProposedChange): Promise<PolicyChangeRequest | null> {
  const open = await work.tx.policyChangeRequest.findFirst({ where: { policyId: policy.id, status: "OPEN" } });
  if (!open) return null;
  const status = statusAt(open, { ...policy, deletedAt: null }, work.at);
  if (status !== "OPEN") {
    await closeUnfit(work, { request: open, policy, status });
    return null;
  }
  if (isCreator(work.viewer, open) && isSameProposal(proposalOf(open), proposal)) return open;
  throw mayRead(work.viewer, "PolicyChangeRequest")
    ? new AlreadyExistsError(
        `Another change of the policy "${policy.name}" waits for a second person. Let it be approved, rejected or cancelled first.`,
        { changeRequest: encodeGlobalId("PolicyChangeRequest", open.id) },
      )
    : new AlreadyExistsError(`Another change of the policy "${policy.name}" waits for a second person.`);
}

interface Unfit {
  readonly request: Pick<PolicyChangeRequest, "id">;
  readonly policy: Pick<AppliedPolicy, "name">;
  readonly status: ChangeEnding;
}

/** Writes that a request has expired or is stale, with the event. */
export async function closeUnfit(work: Work, { request, policy, status }: Unfit): Promise<void> {
  const data = { status, closedAt: work.at };
  await work.tx.policyChangeRequest.update({ where: { id: request.id }, data, select: { id: true } });
  work.emit({
    ...aboutChange(request),
    type: CHANGE_ENDINGS[status],
    before: { status: "OPEN" },
    after: { name: policy.name, status },
  });
}

/** The proposal of a row. Only commands write the column, after they checked it. */
export function proposalOf({ proposal }: Pick<PolicyChangeRequest, "proposal">): Proposal {
  return proposal as unknown as Proposal;
}

export function aboutChange({ id }: Pick<PolicyChangeRequest, "id">) {
  return { subject: { type: "PolicyChangeRequest" as const, id } };
}
