import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { findLiveDeployment } from "../../store/deployments/live-deployment.js";
import { lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DeploymentKey, parseDeploymentKey } from "./deployment-report.js";
import { aboutDeployment, deploymentSnapshot } from "./deployment-snapshot.js";
import { stopRunning } from "./running-versions.js";

/**
 * Records that a model is no longer served on an endpoint. Its history stays; a later report creates a new deployment.
 *
 * Errors: FORBIDDEN, also if the token does not cover the environment; INVALID_INPUT; NOT_FOUND.
 */
export async function removeDeployment(context: CommandContext, input: DeploymentKey): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.removeDeployment], "removeDeployment");
  const key = parseDeploymentKey(context, input, COMMAND_SCOPE.removeDeployment);
  return context.transact(async (work) => {
    const model = await lockModel(work, key.model);
    const deployment = await findLiveDeployment(work.tx, { ...key, modelId: model.id });
    if (!deployment) throw new NotFoundError("The deployment was not found.");
    const { id, running } = deployment;
    const versionIds = running.map(({ versionId }) => versionId);
    await stopRunning(work, id, versionIds);
    await work.tx.deployment.update({
      where: { id },
      data: { removedAt: work.at, updatedAt: work.at },
      select: { id: true },
    });
    work.emit({
      ...aboutDeployment(id, key.environment, model),
      type: "deployment.removed",
      before: deploymentSnapshot(deployment),
      after: null,
    });
    return { id };
  });
}
