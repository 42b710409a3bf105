import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import { visibleDataset, visibleDeployment, visibleRun, visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import { Deployment } from "../deployments/deployment.js";
import { builder } from "../kit/builder.js";
import { nestedRowsQuery, toConnection } from "../kit/connection.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, type PageArgs, planPage } from "../kit/paging.js";
import type { GraphQLContext } from "../request/context.js";
import { Dataset } from "../tracking/dataset.js";
import { Run } from "../tracking/run.js";
import { ModelVersion } from "../versions/model-version.js";
import { LineageEdgeKind } from "./lineage-kinds.js";

const KIND = "What the one is to the other.";
const CONTEXT = "What an input was for, such as `training`; null where nothing was said.";
const AT = "When it was told.";
const OTHER_END = "if it is one; else null.";

export const UpstreamLink = builder.prismaObject("LineageEdge", {
  variant: "UpstreamLink",
  description: "Something that this came of: exactly one of `run`, `dataset` and `modelVersion`.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", { type: LineageEdgeKind, description: KIND }),
    context: t.string({
      nullable: true,
      description: CONTEXT,
      select: { context: true },
      resolve: (edge) => edge.context || null,
    }),
    at: t.expose("at", { type: "DateTime", description: AT }),
    run: t.relation("fromRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("fromDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    modelVersion: t.relation("fromVersion", {
      type: ModelVersion,
      nullable: true,
      description: `The version, ${OTHER_END}`,
    }),
  }),
});

export const DownstreamLink = builder.prismaObject("LineageEdge", {
  variant: "DownstreamLink",
  description: "Something that came of this: exactly one of `run`, `dataset`, `modelVersion` and `deployment`.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", { type: LineageEdgeKind, description: KIND }),
    context: t.string({
      nullable: true,
      description: CONTEXT,
      select: { context: true },
      resolve: (edge) => edge.context || null,
    }),
    at: t.expose("at", { type: "DateTime", description: AT }),
    run: t.relation("toRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("toDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    modelVersion: t.relation("toVersion", {
      type: ModelVersion,
      nullable: true,
      description: `The version, ${OTHER_END}`,
    }),
    deployment: t.relation("toDeployment", {
      type: Deployment,
      nullable: true,
      description: `The deployment, ${OTHER_END}`,
    }),
  }),
});

type EdgeWhere = Prisma.LineageEdgeWhereInput;

/** The edges from what the viewer may see: without a noun's scope, its edges are neither shown nor counted. */
function visibleUpstream(viewer: Viewer): EdgeWhere {
  const runs: EdgeWhere[] = [{ fromRun: visibleRun(viewer) }, { fromDataset: visibleDataset(viewer) }];
  const models: EdgeWhere[] = [{ fromVersion: visibleVersion(viewer) }];
  return { OR: withinScopes(viewer, runs, models) };
}

/** The edges to what the viewer may see. */
function visibleDownstream(viewer: Viewer): EdgeWhere {
  const runs: EdgeWhere[] = [{ toRun: visibleRun(viewer) }, { toDataset: visibleDataset(viewer) }];
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

const upstream = pageTypes(UpstreamLink, { one: "thing that it came of", many: "things that it came of" });
const downstream = pageTypes(DownstreamLink, { one: "thing that came of it", many: "things that came of it" });

/** One end's column is the parent's; the list is read in the parent's own statement and counted by that column. */
function linksAt(name: string, side: "upstream" | "downstream", end: keyof EdgeWhere) {
  const typeName = side === "upstream" ? "UpstreamLink" : "DownstreamLink";
  const plan = (args: PageArgs, { viewer }: GraphQLContext) => ({
    where: side === "upstream" ? visibleUpstream(viewer) : visibleDownstream(viewer),
    page: planPage(args, NEWEST_FIRST, { name, where: null }),
  });
  return {
    select(args: PageArgs, context: GraphQLContext, nested: unknown): Record<never, never> {
      const { where, page } = plan(args, context);
      return { [side]: nestedRowsQuery(nested, typeName, page, where) };
    },
    resolve(parent: { id: string }, args: PageArgs, context: GraphQLContext) {
      const { where, page } = plan(args, context);
      const edges = (parent as { [S in typeof side]?: { id: bigint }[] })[side] ?? [];
      return toConnection(edges, page, () => context.loaders.countEdges(end, where, parent.id));
    },
  };
}

builder.prismaObjectFields(Run, (t) => ({
  inputs: t.connection(
    {
      type: UpstreamLink,
      description: "What the run read, the newest first: datasets and versions of models.",
      ...linksAt("Run.inputs", "upstream", "toRunId"),
    },
    upstream.Connection,
    upstream.Edge,
  ),
  outputs: t.connection(
    {
      type: DownstreamLink,
      description: "What the run made, the newest first: versions of models and datasets.",
      ...linksAt("Run.outputs", "downstream", "fromRunId"),
    },
    downstream.Connection,
    downstream.Edge,
  ),
}));

builder.prismaObjectFields(Dataset, (t) => ({
  upstream: t.connection(
    {
      type: UpstreamLink,
      description: "What the dataset came of, the newest first.",
      ...linksAt("Dataset.upstream", "upstream", "toDatasetId"),
    },
    upstream.Connection,
    upstream.Edge,
  ),
  downstream: t.connection(
    {
      type: DownstreamLink,
      description: "What came of the dataset at one remove, the newest first: the runs that read it, above all.",
      ...linksAt("Dataset.downstream", "downstream", "fromDatasetId"),
    },
    downstream.Connection,
    downstream.Edge,
  ),
}));

builder.prismaObjectFields(ModelVersion, (t) => ({
  upstream: t.connection(
    {
      type: UpstreamLink,
      description: "What the version came of, the newest first: the run that made it, above all.",
      ...linksAt("ModelVersion.upstream", "upstream", "toVersionId"),
    },
    upstream.Connection,
    upstream.Edge,
  ),
  downstream: t.connection(
    {
      type: DownstreamLink,
      description:
        "What came of the version at one remove, the newest first: runs that read it, deployments that run it.",
      ...linksAt("ModelVersion.downstream", "downstream", "fromVersionId"),
    },
    downstream.Connection,
    downstream.Edge,
  ),
}));
