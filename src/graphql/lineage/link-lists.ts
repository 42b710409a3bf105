import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import {
  visibleDataset,
  visibleDeployment,
  visibleLoggedModel,
  visibleRun,
  visibleVersion,
} from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { nestedList } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import type { ListOrder, PageArgs } from "../kit/paging.js";
import { LoggedModel } from "../logged-models/logged-model.js";
import type { GraphQLContext } from "../request/context.js";
import { countBy } from "../request/loaders.js";
import { Dataset } from "../tracking/dataset.js";
import { Run } from "../tracking/run.js";
import { ModelVersion } from "../versions/model-version.js";
import { DownstreamLink, UpstreamLink } from "./lineage-link.js";

type EdgeWhere = Prisma.LineageEdgeWhereInput;

/** The edges from objects that the viewer may see. Edges of a noun whose scope the viewer lacks are neither shown nor counted. */
function visibleUpstream(viewer: Viewer): EdgeWhere {
  const runs: EdgeWhere[] = [
    { fromRun: visibleRun(viewer) },
    { fromDataset: visibleDataset(viewer) },
    { fromLoggedModel: visibleLoggedModel(viewer) },
  ];
  const models: EdgeWhere[] = [{ fromVersion: visibleVersion(viewer) }];
  return { OR: withinScopes(viewer, runs, models) };
}

/** The edges to objects that the viewer may see. */
function visibleDownstream(viewer: Viewer): EdgeWhere {
  const runs: EdgeWhere[] = [
    { toRun: visibleRun(viewer) },
    { toDataset: visibleDataset(viewer) },
    { toLoggedModel: visibleLoggedModel(viewer) },
  ];
  const models: EdgeWhere[] = [{ toVersion: visibleVersion(viewer) }, { toDeployment: visibleDeployment(viewer) }];
  return { OR: withinScopes(viewer, runs, models) };
}

function withinScopes({ scopes }: Viewer, runs: EdgeWhere[], models: EdgeWhere[]): EdgeWhere[] {
  return [
    ...(holdsScope(scopes, "runs:read") ? runs : []),
    ...(holdsScope(scopes, "models:read") ? models : []),
    { id: { in: [] } },
  ];
}

const NEWEST_FIRST: ListOrder = { columns: [{ name: "id", kind: "bigint" }], direction: "desc" };

const upstreamPages = pageTypes(UpstreamLink, { one: "an upstream link", many: "upstream links" });
const downstreamPages = pageTypes(DownstreamLink, { one: "a downstream link", many: "downstream links" });

/** The column of an edge with the id of the row that a list is below. */
type End = `${"from" | "to"}${"Run" | "Dataset" | "LoggedModel" | "Version"}Id`;

interface LinkList {
  readonly name: string;
  readonly typeName: string;
  readonly end: End;
  visible(viewer: Viewer): EdgeWhere;
}

function linkList({ name, typeName, end, visible }: LinkList) {
  return nestedList({
    name,
    typeName,
    order: () => NEWEST_FIRST,
    where: (_args: PageArgs, { viewer }) => visible(viewer),
    filter: () => null,
    count: countBy(end, ({ lineageEdge }) => lineageEdge),
  });
}

interface Edge {
  readonly id: bigint;
}

function upstreamOf(name: string, end: End) {
  const list = linkList({ name, typeName: "UpstreamLink", end, visible: visibleUpstream });
  return {
    type: UpstreamLink,
    select: (args: PageArgs, context: GraphQLContext, nested: unknown) => ({
      upstream: list.select(nested, args, context),
    }),
    resolve: ({ id, upstream }: { id: string; upstream: Edge[] }, args: PageArgs, context: GraphQLContext) =>
      list.page({ id, rows: upstream }, args, context),
  };
}

function downstreamOf(name: string, end: End) {
  const list = linkList({ name, typeName: "DownstreamLink", end, visible: visibleDownstream });
  return {
    type: DownstreamLink,
    select: (args: PageArgs, context: GraphQLContext, nested: unknown) => ({
      downstream: list.select(nested, args, context),
    }),
    resolve: ({ id, downstream }: { id: string; downstream: Edge[] }, args: PageArgs, context: GraphQLContext) =>
      list.page({ id, rows: downstream }, args, context),
  };
}

builder.prismaObjectFields(Run, (t) => ({
  inputs: t.connection(
    {
      description: "The datasets and versions that the run read, the newest first.",
      ...upstreamOf("Run.inputs", "toRunId"),
    },
    ...upstreamPages,
  ),
  outputs: t.connection(
    {
      description: "The logged models, versions and datasets that the run produced, the newest first.",
      ...downstreamOf("Run.outputs", "fromRunId"),
    },
    ...downstreamPages,
  ),
}));

builder.prismaObjectFields(Dataset, (t) => ({
  upstream: t.connection(
    {
      description: "What the dataset was directly derived from, the newest first.",
      ...upstreamOf("Dataset.upstream", "toDatasetId"),
    },
    ...upstreamPages,
  ),
  downstream: t.connection(
    {
      description: "What was directly derived from the dataset, the newest first: mostly the runs that read it.",
      ...downstreamOf("Dataset.downstream", "fromDatasetId"),
    },
    ...downstreamPages,
  ),
}));

builder.prismaObjectFields(LoggedModel, (t) => ({
  upstream: t.connection(
    {
      description: "What the logged model was directly derived from, the newest first: mostly the run that made it.",
      ...upstreamOf("LoggedModel.upstream", "toLoggedModelId"),
    },
    ...upstreamPages,
  ),
  downstream: t.connection(
    {
      description:
        "What was directly derived from the logged model, the newest first: mostly the versions registered from it.",
      ...downstreamOf("LoggedModel.downstream", "fromLoggedModelId"),
    },
    ...downstreamPages,
  ),
}));

builder.prismaObjectFields(ModelVersion, (t) => ({
  upstream: t.connection(
    {
      description: "What the version was directly derived from, the newest first: mostly the run that produced it.",
      ...upstreamOf("ModelVersion.upstream", "toVersionId"),
    },
    ...upstreamPages,
  ),
  downstream: t.connection(
    {
      description: "What directly uses the version, the newest first: runs that read it, deployments that run it.",
      ...downstreamOf("ModelVersion.downstream", "fromVersionId"),
    },
    ...downstreamPages,
  ),
}));
