import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { findLiveDeployment } from "../../store/deployments/live-deployment.js";
import { lockModel } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DeploymentPlace, parseDeploymentPlace } from "./deployment-report.js";
import { snapshotOf, stopRunning } from "./report-deployment.js";

/** Says that a model is not served there any more. Its history stays; a later report makes a new deployment. */
export async function removeDeployment(context: CommandContext, input: DeploymentPlace): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.removeDeployment], "removeDeployment");
  const place = parseDeploymentPlace(context, input, COMMAND_SCOPE.removeDeployment);
  return context.transact(async (work) => {
    const model = await lockModel(work, place.model);
    const deployment = await findLiveDeployment(work.tx, { ...place, modelId: model.id });
    if (!deployment) throw new NotFoundError("The deployment was not found.");
    const { id, running } = deployment;
    await stopRunning(
      work,
      id,
      running.map(({ versionId }) => versionId),
    );
    const data = { removedAt: work.at, updatedAt: work.at };
    await work.tx.deployment.update({ where: { id }, data, select: { id: true } });
    work.emit({
      type: "deployment.removed",
      ...{ subject: { type: "Deployment", id }, environment: place.environment, model },
      before: snapshotOf(deployment),
      after: null,
    });
    return { id };
  });
}
