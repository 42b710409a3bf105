import type { Deployment } from "./generated/client.js";
import type { Dependent } from "./lineage-dependents.js";
import type { Transaction } from "./transaction.js";

export interface LiveDeployment extends Deployment {
  readonly running: readonly { readonly versionId: string; readonly number: number; readonly weight: number }[];
}

/** The living deployment of a model on an endpoint. Its writers stand in line behind the model's lock. */
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
  const running = deployment.running.map(({ versionId, weight, modelVersion }) => ({
    ...{ versionId, number: modelVersion.number, weight },
  }));
  return { ...deployment, running };
}

/** The living deployments of a model that run none of its living versions: no edge of lineage leads to them. */
export async function findIdleDeployments(
  tx: Transaction,
  { id: modelId, name }: { id: string; name: string },
): Promise<Dependent[]> {
  const deployments = await tx.deployment.findMany({
    where: { modelId, removedAt: null, running: { none: { modelVersion: { deletedAt: null } } } },
    select: { environment: true, endpoint: true },
    orderBy: [{ environment: "asc" }, { endpoint: "asc" }],
  });
  const other = { runId: null, experiment: null, dataset: null, digest: null, number: null };
  return deployments.map((deployment) => ({ ...other, model: name, ...deployment }));
}
