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
import { Deployment } from "../deployments/deployment.js";
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
import { LineageEdgeKind } from "./lineage-kinds.js";
import { LINEAGE_TAGS, LineageTag, lineageTags } from "./lineage-tag.js";

const KIND = "How the two objects are related.";
const CONTEXT = "What the input was used for, such as `training`; null if not stated.";
const STEP = "The training step at which a run made a logged model; null if not stated.";
const AT = "When the relation was recorded.";
const OTHER_END = "or null if it is of another kind.";

export const UpstreamLink = builder.prismaObject("LineageEdge", {
  variant: "UpstreamLink",
  description:
    "A direct input of this object. Exactly one of `run`, `dataset`, `loggedModel` and `modelVersion` is set.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", { type: LineageEdgeKind, description: KIND }),
    context: t.string({
      nullable: true,
      description: CONTEXT,
      select: { context: true },
      resolve: (edge) => edge.context || null,
    }),
    step: t.expose("step", { type: "Long", nullable: true, description: STEP }),
    tags: t.field({
      type: [LineageTag],
      description: LINEAGE_TAGS,
      select: { tags: true },
      resolve: ({ tags }) => [...lineageTags(tags)],
    }),
    at: t.expose("at", { type: "DateTime", description: AT }),
    run: t.relation("fromRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("fromDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    loggedModel: t.relation("fromLoggedModel", {
      type: LoggedModel,
      nullable: true,
      description: `The logged model, ${OTHER_END}`,
    }),
    modelVersion: t.relation("fromVersion", {
      type: ModelVersion,
      nullable: true,
      description: `The version, ${OTHER_END}`,
    }),
  }),
});

export const DownstreamLink = builder.prismaObject("LineageEdge", {
  variant: "DownstreamLink",
  description:
    "A direct output of this object. Exactly one of `run`, `dataset`, `loggedModel`, `modelVersion` and `deployment` is set.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", { type: LineageEdgeKind, description: KIND }),
    context: t.string({
      nullable: true,
      description: CONTEXT,
      select: { context: true },
      resolve: (edge) => edge.context || null,
    }),
    step: t.expose("step", { type: "Long", nullable: true, description: STEP }),
    tags: t.field({
      type: [LineageTag],
      description: LINEAGE_TAGS,
      select: { tags: true },
      resolve: ({ tags }) => [...lineageTags(tags)],
    }),
    at: t.expose("at", { type: "DateTime", description: AT }),
    run: t.relation("toRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("toDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    loggedModel: t.relation("toLoggedModel", {
      type: LoggedModel,
      nullable: true,
      description: `The logged model, ${OTHER_END}`,
    }),
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
