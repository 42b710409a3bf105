import { brandWithType } from "@pothos/core";
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import { type Scope, TYPE_SCOPE } from "../../domain/access/scopes.js";
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
} from "../../store/access/visibility.js";
import type { GraphQLContext } from "../request/context.js";
import type { NodeType } from "./ids.js";

type Selection = { select: { id: true } };

interface NodeReader {
  readonly scope: Scope;
  read(context: GraphQLContext, ids: string[], query: Selection): Promise<{ id: string }[]>;
}

/** What reading each noun by id asks for, and how: the same rows that its lists show. */
export const READERS: Record<NodeType, NodeReader> = {
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
