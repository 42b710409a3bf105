import type { DeploymentHealth, DeploymentState } from "../../domain/deployments/deployment.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { LiveDeployment } from "../../store/deployments/live-deployment.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import type { FollowedTarget } from "./deployment-report.js";

export type RunningVersion = { readonly versionId: string; readonly number: number; readonly weight: number };

/** The part of a report whose change is an event. A report without such a change is a heartbeat. */
export interface ReportedState {
  readonly state: DeploymentState;
  readonly health: DeploymentHealth;
  readonly running: readonly RunningVersion[];
}

export function stateSnapshot({ state, health, running }: ReportedState): JsonObject {
  return { state, health, running: running.map((each) => ({ ...each })) };
}

export function targetSnapshot({ followsStage, followsAlias }: FollowedTarget): JsonObject | null {
  if (followsStage !== null) return { stage: followsStage };
  return followsAlias === null ? null : { alias: followsAlias };
}

/** A deployment as its events show it. */
export function deploymentSnapshot(deployment: LiveDeployment): JsonObject {
  const { endpoint, message } = deployment;
  return { endpoint, follows: targetSnapshot(deployment), ...stateSnapshot(deployment), message };
}

/** The fields of an event that say which deployment it is about. */
export function aboutDeployment(id: string, environment: string, model: LockedModel) {
  return { subject: { type: "Deployment" as const, id }, environment, model };
}
