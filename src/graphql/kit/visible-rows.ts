import { brandWithType, type SchemaTypes } from "@pothos/core";
import type DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import {
  visibleAliasTransition,
  visibleChangeRequest,
  visibleCheck,
  visibleDataset,
  visibleDecision,
  visibleDelivery,
  visibleDeployment,
  visibleExperiment,
  visibleLoggedModel,
  visibleModel,
  visiblePolicy,
  visibleRequest,
  visibleRevocation,
  visibleRun,
  visibleTransition,
  visibleVersion,
  visibleWebhook,
} from "../../store/access/visibility.js";
import type { GraphQLContext, ReadDatabase } from "../request/context.js";
import { batched, perRequest } from "../request/loaders.js";
import type { NodeType } from "./ids.js";
import { type RequestedField, type Row, type RowSelection, selectRow } from "./row-selection.js";

/** What reading by id needs of a table. Prisma's delegates match it, each with its own `where`. */
interface NounTable<Where> {
  findMany(args: RowSelection & { where: { AND: [{ id: { in: string[] } }, Where] } }): PromiseLike<Row[]>;
}

type ReadVisible = (context: GraphQLContext, ids: readonly string[], selection: RowSelection) => PromiseLike<Row[]>;

function rowsOf<Where>(table: (db: ReadDatabase) => NounTable<Where>, visible: (viewer: Viewer) => Where): ReadVisible {
  return ({ db, viewer }, ids, selection) =>
    table(db).findMany({ ...selection, where: { AND: [{ id: { in: [...ids] } }, visible(viewer)] } });
}

/** Reads the visible rows of each noun by their ids. They are the same rows that the noun's lists show. */
const NOUNS: Record<NodeType, ReadVisible> = {
  Model: rowsOf(({ model }) => model, visibleModel),
  ModelVersion: rowsOf(({ modelVersion }) => modelVersion, visibleVersion),
  StageTransition: rowsOf(({ stageTransition }) => stageTransition, visibleTransition),
  AliasTransition: rowsOf(({ aliasTransition }) => aliasTransition, visibleAliasTransition),
  PromotionDecision: rowsOf(({ promotionDecision }) => promotionDecision, visibleDecision),
  PromotionRequest: rowsOf(({ promotionRequest }) => promotionRequest, visibleRequest),
  Check: rowsOf(({ check }) => check, visibleCheck),
  Policy: rowsOf(({ policy }) => policy, visiblePolicy),
  PolicyChangeRequest: rowsOf(({ policyChangeRequest }) => policyChangeRequest, visibleChangeRequest),
  Experiment: rowsOf(({ experiment }) => experiment, visibleExperiment),
  Run: rowsOf(({ run }) => run, visibleRun),
  LoggedModel: rowsOf(({ loggedModel }) => loggedModel, visibleLoggedModel),
  Dataset: rowsOf(({ dataset }) => dataset, visibleDataset),
  Deployment: rowsOf(({ deployment }) => deployment, visibleDeployment),
  Webhook: rowsOf(({ webhook }) => webhook, visibleWebhook),
  WebhookDelivery: rowsOf(({ webhookDelivery }) => webhookDelivery, visibleDelivery),
  Revocation: rowsOf(({ revocation }) => revocation, visibleRevocation),
};

/** Reads rows of one noun by their ids, in one statement. Rows that the viewer may not see are missing. */
export async function readRows(
  field: RequestedField,
  type: NodeType,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const rows = await NOUNS[type](field.context, [...new Set(ids)], selectRow(field, type));
  for (const row of rows) brandWithType<SchemaTypes & { outputShapes: Record<NodeType, Row> }>(row, type);
  return new Map(rows.map((row) => [row.id, row]));
}

const rowLoaders = perRequest(() => new Map<string, DataLoader<string, Row | null>>());

/** Reads the row of a field in one statement for all rows that resolve the same field of the document. */
export function loadRow(field: RequestedField, type: NodeType, id: string): Promise<Row | null> {
  const loaders = rowLoaders(field.context);
  const key = `${type} ${field.info.fieldNodes.map(({ loc }) => loc?.start)}`;
  const loader =
    loaders.get(key) ??
    batched(async (ids: readonly string[]) => {
      const rows = await readRows(field, type, ids);
      return ids.map((each) => rows.get(each) ?? null);
    });
  loaders.set(key, loader);
  return loader.load(id);
}

/**
 * The same for a field of a row that Pothos has read. It keeps a plan for the path of each such row, and reads a row again
 * whose path has none.
 */
export function loadRowBelow(field: RequestedField, type: NodeType, id: string): Promise<Row | null> {
  selectRow(field, type);
  return loadRow(field, type, id);
}

/**
 * Resolves a field of a payload or an event to a row as it is now; null if `idOf` returns none, it was deleted or the
 * viewer may not see it. The rows of a page of events are read in one statement for each such field.
 */
export function visibleRow<Parent>(type: NodeType, idOf: (parent: Parent) => string | null | undefined) {
  return (parent: Parent, _args: object, context: GraphQLContext, info: GraphQLResolveInfo) => {
    const id = idOf(parent);
    return id ? loadRow({ context, info }, type, id) : null;
  };
}

/** Hides a deleted row of a to-one relation, on which Prisma accepts no condition. */
export function living<Deletable extends { readonly deletedAt: Date | null }>(row: Deletable | null): Deletable | null {
  return row?.deletedAt === null ? row : null;
}
