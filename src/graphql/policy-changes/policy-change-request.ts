import { creatorOf } from "../../domain/access/actor.js";
import { policyAsInput } from "../../domain/governance/policy-as-input.js";
import { type Proposal, statusAt } from "../../domain/policy-changes/change-request.js";
import { Policy } from "../governance/policy.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { living } from "../kit/visible-rows.js";

export const PolicyChangeKind = builder.enumType("PolicyChangeKind", {
  description: "What is to become of a protected policy.",
  values: {
    CHANGE: { description: "It is to be replaced by the proposal." },
    DELETE: { description: "It is to be deleted." },
  } as const,
});

export const PolicyChangeStatus = builder.enumType("PolicyChangeStatus", {
  description: "What became of a request to change a protected policy.",
  values: {
    OPEN: { description: "It waits for a second person." },
    APPLIED: { description: "A second person approved it, and the policy was changed or deleted." },
    REJECTED: { description: "A second person rejected it." },
    CANCELLED: { description: "Whoever proposed it took it back." },
    EXPIRED: { description: "Its time is over." },
    STALE: { description: "The policy has another revision than the one that it was proposed against." },
  } as const,
});

export const PolicyChangeRequest = builder.prismaObject("PolicyChangeRequest", {
  description:
    "A proposed change of a protected policy, which waits for a second person. A token with a `models` claim sees none, since policies name models.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The request's global id.", resolve: ({ id }) => encodeId("PolicyChangeRequest", id) }),
    status: t.field({
      type: PolicyChangeStatus,
      description:
        "What became of it. That it is EXPIRED or STALE shows at once; the event follows within a minute or so.",
      select: {
        status: true,
        expectedRevision: true,
        expiresAt: true,
        policy: { select: { revision: true, deletedAt: true } },
      },
      resolve: ({ policy, ...row }, _args, { now }) => statusAt(row, policy, now()),
    }),
    kind: t.expose("kind", { type: PolicyChangeKind }),
    policy: t.field({
      type: Policy,
      nullable: true,
      description: "The policy as it is now; null if it is deleted.",
      select: (_args, _context, nested) => ({ policy: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ policy }) => living(policy),
    }),
    policyName: t.string({
      description: "The name of the policy, also if it is deleted.",
      select: { policy: { select: { name: true } } },
      resolve: ({ policy }) => policy.name,
    }),
    proposal: t.field({
      type: "JSON",
      nullable: true,
      description: "The whole policy that is proposed, as `applyPolicy` takes it; null if the policy is to be deleted.",
      select: { proposal: true, policy: { select: { name: true } } },
      resolve: ({ proposal, policy: { name } }) => {
        const proposed = proposal as unknown as Proposal;
        return proposed && policyAsInput({ name, ...proposed });
      },
    }),
    expectedRevision: t.exposeInt("expectedRevision"),
    reason: t.exposeString("reason", { nullable: true }),
    requestedBy: t.field({ type: Actor, description: "Who proposed it.", select: CREATED_BY, resolve: creatorOf }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    expiresAt: t.expose("expiresAt", { type: "DateTime" }),
    closedAt: t.expose("closedAt", { type: "DateTime", nullable: true }),
    reviewedBy: t.field({
      type: Actor,
      nullable: true,
      description: "Who approved or rejected it; null if nobody did.",
      select: { reviewedByIssuer: true, reviewedBySubject: true, reviewedByName: true, reviewedByKind: true },
      resolve: ({ reviewedByIssuer, reviewedBySubject, reviewedByName, reviewedByKind }) =>
        reviewedByIssuer === null || reviewedBySubject === null || reviewedByKind === null
          ? null
          : { issuer: reviewedByIssuer, subject: reviewedBySubject, name: reviewedByName, kind: reviewedByKind },
    }),
    comment: t.exposeString("comment", { nullable: true }),
  }),
});
