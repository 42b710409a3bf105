import type { Deployment } from "./generated/client.js";
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
