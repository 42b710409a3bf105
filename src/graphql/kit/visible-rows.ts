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

type Query = { select?: object; include?: object };

/** Reads what a payload or an event speaks of, as it is now and as far as the viewer may see it. */
export function readModel(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.model.findFirst({ ...(query as Query), where: { AND: [{ id }, visibleModel(viewer)] } }) as never;
}

export function readVersion(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.modelVersion.findFirst({ ...(query as Query), where: { AND: [{ id }, visibleVersion(viewer)] } }) as never;
}

export function readTransition(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.stageTransition.findFirst({
    ...(query as Query),
    where: { AND: [{ id }, visibleTransition(viewer)] },
  }) as never;
}

export function readExperiment(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.experiment.findFirst({
    ...(query as Query),
    where: { AND: [{ id }, visibleExperiment(viewer)] },
  }) as never;
}

export function readRun(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.run.findFirst({ ...(query as Query), where: { AND: [{ id }, visibleRun(viewer)] } }) as never;
}

export function readDataset(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.dataset.findFirst({ ...(query as Query), where: { AND: [{ id }, visibleDataset(viewer)] } }) as never;
}

export function readDeployment(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.deployment.findFirst({
    ...(query as Query),
    where: { AND: [{ id }, visibleDeployment(viewer)] },
  }) as never;
}

export function readWebhook(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.webhook.findFirst({ ...(query as Query), where: { AND: [{ id }, visibleWebhook(viewer)] } }) as never;
}

export function readDelivery(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.webhookDelivery.findFirst({
    ...(query as Query),
    where: { AND: [{ id }, visibleDelivery(viewer)] },
  }) as never;
}

export function readRevocation(query: object, { id }: { id: string }, _args: object, { db, viewer }: GraphQLContext) {
  return db.revocation.findFirst({
    ...(query as Pick<Query, "select">),
    where: { AND: [{ id }, visibleRevocation(viewer)] },
  }) as never;
}
