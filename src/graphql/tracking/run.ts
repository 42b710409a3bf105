import { creatorOf } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { runArtifacts } from "../../domain/tracking/artifact-address.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { pageTypes } from "../kit/page-types.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { Experiment } from "./experiment.js";
import { Metric, Param } from "./metric.js";
import { RunStatus } from "./run-status.js";

/** By key; for one key, the value without a dataset comes first. */
const LATEST_ORDER = [{ key: "asc" }, { datasetId: { sort: "asc", nulls: "first" } }] as const;

/** The cost of an unpaged list. A run has about ten params and metrics. */
const listCost = (keys: readonly string[] | null | undefined) => ({ field: 1, multiplier: keys?.length || 10 });

const loadParam = valueLoader("runId", ({ runParam }) => runParam);
const loadTag = valueLoader("runId", ({ runTag }) => runTag);

export const Run = builder.prismaObject("Run", {
  description: "One execution of code, such as a training or an evaluation.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The run's global id.", resolve: ({ id }) => encodeId("Run", id) }),
    runId: t.exposeString("id", {
      description:
        "The run's own id: 32 hexadecimal digits, or an id that the client chose. Every input that takes a run accepts it.",
    }),
    name: t.exposeString("name", { nullable: true }),
    status: t.expose("status", { type: RunStatus }),
    startedAt: t.expose("startedAt", { type: "DateTime" }),
    endedAt: t.expose("endedAt", { type: "DateTime", nullable: true }),
    user: t.exposeString("user", { nullable: true }),
    source: t.exposeString("source", { nullable: true }),
    gitCommit: t.exposeString("gitCommit", { nullable: true }),
    artifactUri: t.string({
      nullable: true,
      description:
        "Where the artifacts of the run are. Requires `artifacts:read`, except for the actor that created the run.",
      select: {
        artifactUri: true,
        createdByIssuer: true,
        createdBySubject: true,
        experiment: { select: { number: true, artifactRoot: true } },
      },
      resolve: ({ id, artifactUri, experiment }, _args, { commands }) =>
        artifactUri ?? runArtifacts(commands.artifacts, experiment, id),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who created the run in the registry.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    experiment: t.relation("experiment", { type: Experiment, description: "The experiment that the run belongs to." }),
    param: t.string({
      nullable: true,
      description: "The value of one param; null if the run does not have the param.",
      args: { key: t.arg.string({ required: true, description: "The param's key." }) },
      resolve: ({ id }, { key }, context) => loadParam(context, { ownerId: id, key }),
    }),
    params: t.relation("params", {
      type: Param,
      description: "The params of the run, ordered by key. Not paged.",
      args: { keys: t.arg.stringList({ description: "Only params with these keys. Default: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: withKeys,
    }),
    metrics: t.relation("series", {
      type: Metric,
      description:
        "The latest value of each metric on each dataset, ordered by key. Not paged. The cost does not depend on the length of the series.",
      args: { keys: t.arg.stringList({ description: "Only metrics with these keys. Default: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: ({ keys }) => {
        const { where, ...rest } = withKeys({ keys });
        return { ...rest, where: { ...where, loggedModelId: null }, orderBy: [...LATEST_ORDER] };
      },
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the run does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The run's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanLog: t.boolean({
      description:
        "Whether the viewer may log to the run: it is neither deleted nor finished, and the viewer holds `runs:write`.",
      select: { deletedAt: true, endedAt: true },
      resolve: ({ deletedAt, endedAt }, _args, { viewer }) =>
        deletedAt === null && endedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.logBatch),
    }),
  }),
});

export const RUN_FIELD = { name: "run", type: Run, node: "Run", description: "The run." } as const;

export const runPages = pageTypes(Run, { one: "a run", many: "runs" });
