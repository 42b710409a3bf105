import type { ChangeStatus } from "../../domain/policy-changes/change-request.js";
import { isStorable } from "../../domain/values/text.js";
import { visibleChangeRequest } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { Policy } from "../governance/policy.js";
import { builder } from "../kit/builder.js";
import { filterType, matching } from "../kit/filters.js";
import { parseId } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";
import { selectRow } from "../kit/row-selection.js";
import { PolicyChangeRequest, PolicyChangeStatus } from "./policy-change-request.js";

const PolicyChangeRequestFilter = filterType("PolicyChangeRequestFilter", "requests", (t) => ({
  status: t.field({
    type: [PolicyChangeStatus],
    description: "The request has one of these statuses. That one is STALE is looked at every minute.",
  }),
  policy: t.string({ description: "The name of the policy." }),
}));

type Where = Prisma.PolicyChangeRequestWhereInput;

function requestWhere(filter: typeof PolicyChangeRequestFilter.$inferInput | null | undefined, now: Date): Where {
  return matching(
    filter,
    ({ status, policy }): Where => ({
      ...(status ? { OR: status.map((each) => statusWhere(each, now)) } : {}),
      ...(typeof policy === "string" ? policyWhere(policy) : {}),
    }),
  );
}

function policyWhere(name: string): Where {
  return isStorable(name) ? { policy: { name } } : { id: { in: [] } };
}

/** A request past its time has expired, also before that is written. */
function statusWhere(status: ChangeStatus, now: Date): Where {
  if (status === "OPEN") return { status, expiresAt: { gt: now } };
  return status === "EXPIRED" ? { OR: [{ status }, { status: "OPEN", expiresAt: { lte: now } }] } : { status };
}

const pages = pageTypes(PolicyChangeRequest, { one: "a request", many: "requests" });

builder.queryFields((t) => ({
  policyChangeRequest: t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description:
      "The request with this id to change a protected policy; null if there is none or the viewer may not see policies.",
    args: { id: t.arg.id({ required: true, description: "The request's global id." }) },
    resolve: (_root, { id }, context, info) =>
      context.db.policyChangeRequest.findFirst({
        ...selectRow({ context, info }, "PolicyChangeRequest"),
        where: { AND: [{ id: parseId("id", id, "PolicyChangeRequest") }, visibleChangeRequest(context.viewer)] },
      }),
  }),
  policyChangeRequests: t.connection(
    {
      type: PolicyChangeRequest,
      description:
        "The requests to change protected policies, also those that are deleted by now, the newest first. A token with a `models` claim sees none.",
      args: { where: t.arg({ type: PolicyChangeRequestFilter, description: "Which requests." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.policyChangeRequest,
          { args, context, info },
          {
            typeName: "PolicyChangeRequest",
            list: { name: "policyChangeRequests", where: args.where },
            order: { columns: byColumn("createdAt", "date"), direction: "desc" },
            where: { AND: [visibleChangeRequest(context.viewer), requestWhere(args.where, context.now())] },
          },
        ),
    },
    ...pages,
  ),
}));

builder.prismaObjectField(Policy, "openChangeRequest", (t) =>
  t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description: "The change that waits for a second person; null if none does.",
    select: (_args, { now }, nested) => ({
      changeRequests: nested({ where: statusWhere("OPEN", now()), take: 1, select: { id: true } }),
    }),
    resolve: ({ changeRequests }) => changeRequests[0] ?? null,
  }),
);
