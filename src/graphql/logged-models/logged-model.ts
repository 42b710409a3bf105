import { creatorOf } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { visibleRun } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { pageTypes } from "../kit/page-types.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { Experiment } from "../tracking/experiment.js";
import { Metric } from "../tracking/metric.js";
import { Run } from "../tracking/run.js";
import { LoggedModelStatus } from "./logged-model-status.js";

const loadParam = valueLoader("loggedModelId", ({ loggedModelParam }) => loggedModelParam);
const loadTag = valueLoader("loggedModelId", ({ loggedModelTag }) => loggedModelTag);

/** By key, then by the run that logged it; for one key of one run, the value without a dataset comes first. */
const LATEST_ORDER = [{ key: "asc" }, { runId: "asc" }, { datasetId: { sort: "asc", nulls: "first" } }] as const;

/** The cost of an unpaged list, of about ten items. */
const listCost = (keys: readonly string[] | null | undefined) => ({ field: 1, multiplier: keys?.length || 10 });

const LoggedModelParam = builder.prismaObject("LoggedModelParam", {
  description: "A key and a value that configured a logged model. Written once, never changed.",
  select: { loggedModelId: true, key: true },
  fields: (t) => ({
    key: t.exposeString("key"),
    value: t.exposeString("value"),
  }),
});

export const LoggedModel = builder.prismaObject("LoggedModel", {
  description:
    "A model that a run logged: artifacts with what made them, before a version is registered from them, or without one.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The logged model's global id.", resolve: ({ id }) => encodeId("LoggedModel", id) }),
    loggedModelId: t.exposeString("id", {
      description:
        "The logged model's own id: `m-` and 32 hexadecimal digits. Every input that takes a logged model accepts it.",
    }),
    name: t.exposeString("name"),
    modelType: t.exposeString("modelType", { nullable: true }),
    status: t.expose("status", { type: LoggedModelStatus }),
    statusMessage: t.exposeString("statusMessage", { nullable: true }),
    artifactUri: t.string({
      nullable: true,
      description:
        "The URI of the artifacts. Requires `artifacts:read`, except for the actor that created the logged model.",
      select: { artifactUri: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ artifactUri }) => artifactUri,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who created the logged model.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    experiment: t.relation("experiment", {
      type: Experiment,
      description: "The experiment that the logged model belongs to.",
    }),
    param: t.string({
      nullable: true,
      description: "The value of one param; null if the logged model does not have the param.",
      args: { key: t.arg.string({ required: true, description: "The param's key." }) },
      resolve: ({ id }, { key }, context) => loadParam(context, { ownerId: id, key }),
    }),
    params: t.relation("params", {
      type: LoggedModelParam,
      description: "The params of the logged model, ordered by key. Not paged.",
      args: { keys: t.arg.stringList({ description: "Only params with these keys. Default: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: withKeys,
    }),
    metrics: t.relation("series", {
      type: Metric,
      description:
        "The latest value of each metric that a run measured for this logged model, on each dataset, ordered by key. Only of runs that the viewer may see. Not paged.",
      args: { keys: t.arg.stringList({ description: "Only metrics with these keys. Default: all." }) },
      complexity: ({ keys }) => listCost(keys),
      query: ({ keys }, { viewer }) => {
        const { where, ...rest } = withKeys({ keys });
        return { ...rest, where: { ...where, run: visibleRun(viewer) }, orderBy: [...LATEST_ORDER] };
      },
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the logged model does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The logged model's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
    viewerCanUpdate: t.boolean({
      description:
        "Whether the viewer may change the logged model: it is not deleted, and the viewer holds `runs:write`.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }, _args, { viewer }) =>
        deletedAt === null && holdsScope(viewer.scopes, COMMAND_SCOPE.finalizeLoggedModel),
    }),
  }),
});

builder.prismaObjectField(Metric, "run", (t) =>
  t.relation("run", { type: Run, description: "The run that logged the value." }),
);

export const LOGGED_MODEL_FIELD = {
  name: "loggedModel",
  type: LoggedModel,
  node: "LoggedModel",
  description: "The logged model.",
} as const;

export const loggedModelPages = pageTypes(LoggedModel, { one: "a logged model", many: "logged models" });
