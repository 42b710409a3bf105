import { brandWithType } from "@pothos/core";
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import { ForbiddenError, InvalidInputError } from "../domain/errors.js";
import { holdsScope, type Scope, TYPE_SCOPE } from "../domain/policy.js";
import {
  visibleDataset,
  visibleDelivery,
  visibleDeployment,
  visibleExperiment,
  visibleModel,
  visibleRevocation,
  visibleRun,
  visibleTransition,
  visibleVersion,
  visibleWebhook,
} from "../store/visibility.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";
import { decodeId, type NodeType } from "./ids.js";
import { ModelVersion } from "./model-version.js";
import { modelVersionWhere } from "./model-version-filter.js";
import { Node } from "./node-interface.js";
import { MAX_PAGE_SIZE } from "./paging.js";
import { ModelVersionRef, toVersionRef } from "./references.js";

type Selection = { select: { id: true } };

interface NodeReader {
  readonly scope: Scope;
  read(context: GraphQLContext, ids: string[], query: Selection): Promise<{ id: string }[]>;
}

/** What reading each noun by id asks for, and how: the same rows that its lists show. */
const READERS: Record<NodeType, NodeReader> = {
  Model: {
    scope: "models:read",
    read: ({ db, viewer }, ids, query) =>
      db.model.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleModel(viewer)] } }),
  },
  ModelVersion: {
    scope: "models:read",
    read: ({ db, viewer }, ids, query) =>
      db.modelVersion.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleVersion(viewer)] } }),
  },
  StageTransition: {
    scope: "models:read",
    read: ({ db, viewer }, ids, query) =>
      db.stageTransition.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleTransition(viewer)] } }),
  },
  Experiment: {
    scope: TYPE_SCOPE.Experiment,
    read: ({ db, viewer }, ids, query) =>
      db.experiment.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleExperiment(viewer)] } }),
  },
  Run: {
    scope: TYPE_SCOPE.Run,
    read: ({ db, viewer }, ids, query) =>
      db.run.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleRun(viewer)] } }),
  },
  Dataset: {
    scope: TYPE_SCOPE.Dataset,
    read: ({ db, viewer }, ids, query) =>
      db.dataset.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleDataset(viewer)] } }),
  },
  Deployment: {
    scope: TYPE_SCOPE.Deployment,
    read: ({ db, viewer }, ids, query) =>
      db.deployment.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleDeployment(viewer)] } }),
  },
  Webhook: {
    scope: TYPE_SCOPE.Webhook,
    read: ({ db, viewer }, ids, query) =>
      db.webhook.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleWebhook(viewer)] } }),
  },
  Revocation: {
    scope: TYPE_SCOPE.Revocation,
    read: ({ db, viewer }, ids, query) =>
      db.revocation.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleRevocation(viewer)] } }),
  },
  WebhookDelivery: {
    scope: TYPE_SCOPE.WebhookDelivery,
    read: ({ db, viewer }, ids, query) =>
      db.webhookDelivery.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleDelivery(viewer)] } }),
  },
};

/** The rows of one noun by their ids, for fields of the type Node; a missing one is not in the answer. */
export async function readRows(context: GraphQLContext, info: GraphQLResolveInfo, type: NodeType, ids: string[]) {
  const query = queryFromInfo({ context, info, typeName: type, select: { id: true } }) as Selection;
  const rows = await READERS[type].read(context, [...new Set(ids)], query);
  for (const row of rows) brandWithType(row, type as never);
  return new Map<string, object>(rows.map((row) => [row.id, row]));
}

/**
 * The nodes in the order of their ids, one statement for each noun; null for what is not there or not the viewer's, and
 * a refusal for what the viewer has not the scope for.
 */
async function readNodes(context: GraphQLContext, info: GraphQLResolveInfo, texts: readonly string[]) {
  const wanted = texts.map(decodeId);
  const types = new Set(wanted.flatMap((id) => (id ? [id.type] : [])));
  const found = new Map<NodeType, Map<string, object>>();
  for (const type of types) {
    if (!holdsScope(context.viewer.scopes, READERS[type].scope)) continue;
    const ids = wanted.flatMap((id) => (id?.type === type ? [id.id] : []));
    found.set(type, await readRows(context, info, type, ids));
  }
  return wanted.map((id) => {
    if (!id) return null;
    const rows = found.get(id.type);
    return rows ? (rows.get(id.id) ?? null) : refusalOf(id.type);
  });
}

function refusalOf(type: NodeType): ForbiddenError {
  const { scope } = READERS[type];
  return new ForbiddenError(`Reading a ${type} asks for the scope ${scope}, which this token does not have.`, [scope]);
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: "The object with this global id; null if there is none, or none that the viewer may see.",
    args: { id: t.arg.id({ required: true, description: "The global id." }) },
    resolve: async (_root, { id }, context, info) => {
      const [node = null] = await readNodes(context, info, [id]);
      if (node instanceof Error) throw node;
      return node;
    },
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    description: `The objects with these global ids, in their order, null where there is none; at most ${MAX_PAGE_SIZE}.`,
    args: { ids: t.arg.idList({ required: true, description: "The global ids." }) },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > MAX_PAGE_SIZE) {
        throw new InvalidInputError("ids", `ids has ${ids.length} entries; at most ${MAX_PAGE_SIZE} are allowed.`);
      }
      return readNodes(context, info, ids);
    },
  }),
  modelVersion: t.prismaField({
    type: ModelVersion,
    nullable: true,
    description: "The living version that the reference names; null if there is none, or none that the viewer may see.",
    args: { ref: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }) },
    resolve: (query, _root, args, context) => {
      const ref = toVersionRef("ref", args.ref);
      const named =
        "id" in ref
          ? { id: ref.id }
          : "number" in ref
            ? { number: ref.number.number, model: { liveName: ref.number.model } }
            : { aliases: { some: { name: ref.alias.alias } }, model: { liveName: ref.alias.model } };
      return context.db.modelVersion.findFirst({
        ...query,
        where: { AND: [named, modelVersionWhere(context, null)] },
      });
    },
  }),
}));
