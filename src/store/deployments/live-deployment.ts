import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import { visibleDeployment } from "../access/visibility.js";
import type { Transaction } from "../connection/transaction.js";
import type { Deployment } from "../generated/client.js";
import type { Downstream } from "../lineage/lineage-dependents.js";

export interface LiveDeployment extends Deployment {
  readonly running: readonly { readonly versionId: string; readonly number: number; readonly weight: number }[];
}

/** The living deployment of a model on an endpoint. The model must be locked, so that there is one writer at a time. */
export async function findLiveDeployment(
  tx: Transaction,
  { environment, endpoint, modelId }: { environment: string; endpoint: string; modelId: string },
): Promise<LiveDeployment | null> {
  const deployment = await tx.deployment.findFirst({
    where: { environment, endpoint, modelId, removedAt: null },
    include: {
      running: {
        select: { versionId: true, weight: true, modelVersion: { select: { number: true } } },
        orderBy: { modelVersion: { number: "asc" } },
      },
    },
  });
  if (!deployment) return null;
  const running = deployment.running.map(({ versionId, weight, modelVersion: { number } }) => ({
    versionId,
    number,
    weight,
  }));
  return { ...deployment, running };
}

/** The living deployments of a model that run none of its living versions, so that no lineage edge leads to them. */
export async function findIdleDeployments(
  tx: Transaction,
  viewer: Viewer,
  { id: modelId, name }: { readonly id: string; readonly name: string },
  limit: number,
): Promise<Downstream> {
  const idle = { modelId, removedAt: null, running: { none: { modelVersion: { deletedAt: null } } } };
  const exists = (await tx.deployment.findFirst({ where: idle, select: { id: true } })) !== null;
  if (!exists || !holdsScope(viewer.scopes, "models:read")) return { exists, seen: [] };
  const deployments = await tx.deployment.findMany({
    where: { AND: [idle, visibleDeployment(viewer)] },
    select: { environment: true, endpoint: true },
    orderBy: [{ environment: "asc" }, { endpoint: "asc" }],
    take: limit,
  });
  const other = { runId: null, loggedModelId: null, dataset: null, digest: null, number: null };
  return { exists, seen: deployments.map((deployment) => ({ ...other, model: name, ...deployment })) };
}
