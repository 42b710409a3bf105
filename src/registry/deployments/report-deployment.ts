import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { canonicalJson } from "../../domain/values/json.js";
import { findLiveDeployment, type LiveDeployment } from "../../store/deployments/live-deployment.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { lockModel } from "../across/lookup.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import {
  changedTarget,
  checkReport,
  type DeploymentKey,
  type FollowedTarget,
  parseDeploymentKey,
  parseFollows,
  parseObservedAt,
  type ReportDeploymentInput,
  requireNewPlace,
} from "./deployment-report.js";
import {
  aboutDeployment,
  deploymentSnapshot,
  type ReportedState,
  stateSnapshot,
  targetSnapshot,
} from "./deployment-snapshot.js";
import { replaceRunning, resolveRunning } from "./running-versions.js";

/**
 * Stores what an endpoint reports that it runs. Only a change of state, health or running versions is an event. `applied` is
 * false for a report that is older than the newest one; then nothing is written.
 *
 * Errors: FORBIDDEN, also if the token does not cover the environment; INVALID_INPUT; NOT_FOUND (the model or a version).
 */
export async function reportDeployment(
  context: CommandContext,
  input: ReportDeploymentInput,
): Promise<{ id: string; applied: boolean }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.reportDeployment], "reportDeployment");
  const key = parseDeploymentKey(context, input, COMMAND_SCOPE.reportDeployment);
  checkReport(input);
  const follows = parseFollows(input.follows);
  return context.transact(async (work) => {
    const model = await lockModel(work, key.model);
    const observedAt = parseObservedAt(input.observedAt, work.at);
    const before = await findLiveDeployment(work.tx, { ...key, modelId: model.id });
    if (before && observedAt < before.observedAt) return { id: before.id, applied: false };
    if (!before) requireNewPlace(key);
    const running = await resolveRunning(work, model, input);
    const reported: ReportedState = { state: input.state, health: input.health ?? "UNKNOWN", running };
    const isChanged = before === null || !hasSameState(before, reported);
    const columns = { ...columnsOf(input, reported, work.at), observedAt };
    const id = before
      ? await updateDeployment(work, before, { ...columns, ...changedTarget(before, follows) }, isChanged)
      : await insertDeployment(work, key, model, { ...columns, ...follows });
    if (!isChanged) return { id, applied: true };
    await replaceRunning(work, id, before?.running ?? [], running);
    const { message } = columns;
    work.emit({
      ...aboutDeployment(id, key.environment, model),
      type: "deployment.reported",
      before: before && deploymentSnapshot(before),
      after: { endpoint: key.endpoint, follows: targetSnapshot(follows), ...stateSnapshot(reported), message },
    });
    return { id, applied: true };
  });
}

function hasSameState(before: ReportedState, after: ReportedState): boolean {
  return canonicalJson(stateSnapshot(before)) === canonicalJson(stateSnapshot(after));
}

type Columns = ReturnType<typeof columnsOf> & { readonly observedAt: Date };

function columnsOf(
  { message, observedCursor, ttlSeconds }: ReportDeploymentInput,
  { state, health }: ReportedState,
  at: Date,
) {
  return {
    state,
    health,
    message: message ?? null,
    observedCursor: observedCursor ?? null,
    ttlSeconds: ttlSeconds ?? null,
    lastReportedAt: at,
    staleAt: ttlSeconds ? new Date(at.getTime() + ttlSeconds * 1000) : null,
  };
}

async function updateDeployment(
  { tx, at }: Work,
  { id }: LiveDeployment,
  columns: Columns & Partial<FollowedTarget>,
  isChanged: boolean,
): Promise<string> {
  const data = { ...columns, ...(isChanged ? { updatedAt: at } : {}) };
  await tx.deployment.update({ where: { id }, data, select: { id: true } });
  return id;
}

async function insertDeployment(
  work: Work,
  { environment, endpoint }: DeploymentKey,
  model: LockedModel,
  columns: Columns & FollowedTarget,
): Promise<string> {
  const id = work.newId();
  const created = { id, environment, endpoint, modelId: model.id, createdAt: work.at, updatedAt: work.at };
  await work.tx.deployment.createMany({ data: [{ ...columns, ...created, ...actorColumns(work.viewer) }] });
  return id;
}
