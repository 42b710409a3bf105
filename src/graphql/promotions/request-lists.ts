import { actorKey } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleRequest } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { Viewer } from "../access/viewer.js";
import { builder } from "../kit/builder.js";
import { creatorWhere, modelConditions, rangeWhere } from "../kit/conditions.js";
import { ActorFilter, DateTimeFilter, StringFilter } from "../kit/filter-inputs.js";
import { filterType, matching } from "../kit/filters.js";
import { parseId } from "../kit/ids.js";
import { nestedList, readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn, type ListOrder, type PageArgs } from "../kit/paging.js";
import { selectRow } from "../kit/row-selection.js";
import { Model } from "../models/model.js";
import type { GraphQLContext } from "../request/context.js";
import { countBy } from "../request/loaders.js";
import { PromotionRequest, PromotionRequestStatus } from "./request.js";

const PromotionRequestFilter = filterType("PromotionRequestFilter", "requests", (t) => ({
  model: t.field({ type: StringFilter, description: "The current name of the model." }),
  status: t.field({ type: [PromotionRequestStatus], description: "The request has one of these statuses." }),
  requestedBy: t.field({ type: ActorFilter, description: "Who asked." }),
  createdAt: t.field({ type: DateTimeFilter, description: "When it was asked." }),
}));

type GivenFilter = typeof PromotionRequestFilter.$inferInput | null | undefined;
type Where = Prisma.PromotionRequestWhereInput;

function requestWhere(filter: GivenFilter, { now }: GraphQLContext): Where {
  return matching(
    filter,
    ({ model, status, requestedBy, createdAt }, field): Where => ({
      AND: [
        ...modelConditions(`${field}.model`, model),
        ...(status ? [{ OR: status.map((each) => statusWhere(each, now())) }] : []),
      ],
      ...creatorWhere(requestedBy),
      ...(createdAt ? { createdAt: rangeWhere(createdAt) } : {}),
    }),
  );
}

type Status = NonNullable<NonNullable<Where["status"]>> & string;

/** A request past its time has expired, also before that is written. */
function statusWhere(status: Status, now: Date): Where {
  if (status === "EXPIRED") {
    return { OR: [{ status }, { status: { in: ["OPEN", "APPROVED"] }, expiresAt: { lte: now } }] };
  }
  return status === "OPEN" || status === "APPROVED" ? { status, expiresAt: { gt: now } } : { status };
}

const pages = pageTypes(PromotionRequest, { one: "a request", many: "requests" });
const NEWEST: ListOrder = { columns: byColumn("createdAt", "date"), direction: "desc" };

interface RequestsArgs extends PageArgs {
  readonly where?: GivenFilter;
}

const requestsOfModel = nestedList({
  name: "Model.promotionRequests",
  typeName: "PromotionRequest",
  order: () => NEWEST,
  // those of deleted versions are shown nowhere
  where: ({ where }: RequestsArgs, context) => ({
    AND: [{ modelVersion: { deletedAt: null } }, requestWhere(where, context)],
  }),
  count: countBy("modelId", ({ promotionRequest }) => promotionRequest),
});

builder.prismaObjectField(Model, "promotionRequests", (t) =>
  t.connection(
    {
      type: PromotionRequest,
      description: "The requests to promote versions of the model, the newest first.",
      args: { where: t.arg({ type: PromotionRequestFilter, description: "Which requests." }) },
      select: (args, context, nested) => ({ requests: requestsOfModel.select(nested, args, context) }),
      resolve: ({ id, requests }, args, context) => requestsOfModel.page({ id, rows: requests }, args, context),
    },
    ...pages,
  ),
);

builder.queryFields((t) => ({
  promotionRequest: t.field({
    type: PromotionRequest,
    nullable: true,
    description: "The request with this id; null if there is none or the viewer may not see its model.",
    args: { id: t.arg.id({ required: true, description: "The request's global id." }) },
    resolve: (_root, { id }, context, info) =>
      context.db.promotionRequest.findFirst({
        ...selectRow({ context, info }, "PromotionRequest"),
        where: { AND: [{ id: parseId("id", id, "PromotionRequest") }, visibleRequest(context.viewer)] },
      }),
  }),
  promotionRequests: t.connection(
    {
      type: PromotionRequest,
      description: "The requests to promote versions of all models that the viewer may see, the newest first.",
      args: { where: t.arg({ type: PromotionRequestFilter, description: "Which requests." }) },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.promotionRequest,
          { args, context, info },
          {
            typeName: "PromotionRequest",
            list: { name: "promotionRequests", where: args.where },
            order: NEWEST,
            where: { AND: [visibleRequest(context.viewer), requestWhere(args.where, context)] },
          },
        ),
    },
    ...pages,
  ),
}));

builder.objectField(Viewer, "pendingApprovals", (t) =>
  t.connection(
    {
      type: PromotionRequest,
      description:
        "The open requests of others that the viewer has not reviewed, the oldest first. Empty without `stages:approve`. Whether an approval of the viewer counts, its policies say at `approvePromotion`.",
      resolve: (_viewer, args, context, info) =>
        readPage(
          context.db.promotionRequest,
          { args, context, info },
          {
            typeName: "PromotionRequest",
            list: { name: "Viewer.pendingApprovals", where: null },
            order: { ...NEWEST, direction: "asc" },
            where: { AND: [visibleRequest(context.viewer), pendingFor(context)] },
          },
        ),
    },
    ...pages,
  ),
);

function pendingFor({ viewer, commands, now }: GraphQLContext): Where {
  if (!holdsScope(viewer.scopes, COMMAND_SCOPE.approvePromotion)) return { id: { in: [] } };
  const identities = commands.people.identitiesOf(viewer.actor);
  return {
    status: "OPEN",
    expiresAt: { gt: now() },
    // a review of an earlier round does not count
    NOT: [
      ...identities.map(({ issuer, subject }) => ({ createdByIssuer: issuer, createdBySubject: subject })),
      { approvedBy: { hasSome: identities.map(actorKey) } },
    ],
  };
}
