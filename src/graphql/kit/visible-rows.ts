import { brandWithType, type SchemaTypes } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
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
import type { GraphQLContext, ReadDatabase } from "../request/context.js";
import type { NodeType } from "./ids.js";
import { type Row, type RowSelection, selectRow } from "./row-selection.js";

/** A noun's table, as far as reading by id needs it. Prisma's tables have this form, each for its own `where`. */
interface NounTable<Where> {
  findMany(args: RowSelection & { where: { AND: [{ id: { in: string[] } }, Where] } }): PromiseLike<Row[]>;
}

type ReadVisible = (context: GraphQLContext, ids: readonly string[], selection: RowSelection) => PromiseLike<Row[]>;

function rowsOf<Where>(table: (db: ReadDatabase) => NounTable<Where>, visible: (viewer: Viewer) => Where): ReadVisible {
  return ({ db, viewer }, ids, selection) =>
    table(db).findMany({ ...selection, where: { AND: [{ id: { in: [...ids] } }, visible(viewer)] } });
}

/** How the rows of each noun are read by their ids: those that the viewer may see, which are the rows of its lists. */
const NOUNS: Record<NodeType, ReadVisible> = {
  Model: rowsOf(({ model }) => model, visibleModel),
  ModelVersion: rowsOf(({ modelVersion }) => modelVersion, visibleVersion),
  StageTransition: rowsOf(({ stageTransition }) => stageTransition, visibleTransition),
  Experiment: rowsOf(({ experiment }) => experiment, visibleExperiment),
  Run: rowsOf(({ run }) => run, visibleRun),
  Dataset: rowsOf(({ dataset }) => dataset, visibleDataset),
  Deployment: rowsOf(({ deployment }) => deployment, visibleDeployment),
  Webhook: rowsOf(({ webhook }) => webhook, visibleWebhook),
  WebhookDelivery: rowsOf(({ webhookDelivery }) => webhookDelivery, visibleDelivery),
  Revocation: rowsOf(({ revocation }) => revocation, visibleRevocation),
};

/** Reads many rows of one noun in one statement, for a field that leads to them. What the viewer may not see is missing. */
export async function readRows(
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  type: NodeType,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const rows = await NOUNS[type](context, [...new Set(ids)], selectRow(context, info, type));
  for (const row of rows) brandWithType<SchemaTypes & { outputShapes: Record<NodeType, Row> }>(row, type);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Resolves a field of a payload or an event to one noun as it is now; null if `idOf` names none, it was deleted or the
 * viewer may not see it.
 */
export function visibleRow<Parent>(type: NodeType, idOf: (parent: Parent) => string | null | undefined) {
  return async (parent: Parent, _args: object, context: GraphQLContext, info: GraphQLResolveInfo) => {
    const id = idOf(parent);
    if (!id) return null;
    const [row = null] = await NOUNS[type](context, [id], selectRow(context, info, type));
    return row;
  };
}

/** The row of a relation, which no condition can narrow; null if it was deleted. */
export function living<Deletable extends { readonly deletedAt: Date | null }>(row: Deletable | null): Deletable | null {
  return row?.deletedAt === null ? row : null;
}
