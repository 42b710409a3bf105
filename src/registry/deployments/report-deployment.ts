import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { DeploymentHealth, DeploymentState } from "../../domain/deployments/deployment.js";
import { InvalidInputError } from "../../domain/errors.js";
import { canonicalJson, type JsonObject } from "../../domain/values/json.js";
import { findLiveDeployment, type LiveDeployment } from "../../store/deployments/live-deployment.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { lockModel } from "../across/lookup.js";
import { requireVersions } from "../across/tracking-lookup.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import {
  changedTarget,
  checkReport,
  parseDeploymentPlace,
  parseFollows,
  parseObservedAt,
  type ReportDeploymentInput,
  tellTarget,
} from "./deployment-report.js";

export type RunningVersion = { readonly versionId: string; readonly number: number; readonly weight: number };

/** What a change of is told as an event. */
interface Told {
  readonly state: DeploymentState;
  readonly health: DeploymentHealth;
  readonly running: readonly RunningVersion[];
}

/** Takes a report of what an endpoint really runs. One that was overtaken by a newer is not applied. */
export async function reportDeployment(
  context: CommandContext,
  input: ReportDeploymentInput,
): Promise<{ id: string; applied: boolean }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.reportDeployment], "reportDeployment");
  const place = parseDeploymentPlace(context, input, COMMAND_SCOPE.reportDeployment);
  checkReport(input);
  const follows = parseFollows(input.follows);
  return context.transact(async (work) => {
    const model = await lockModel(work, place.model);
    const observedAt = parseObservedAt(input.observedAt, work.at);
    const before = await findLiveDeployment(work.tx, { ...place, modelId: model.id });
    if (before && observedAt < before.observedAt) return { id: before.id, applied: false };
    const running = await resolveRunning(work, model, input);
    const told: Told = { state: input.state, health: input.health ?? "UNKNOWN", running };
    const changed = before === null || canonicalJson(pick(before)) !== canonicalJson(pick(told));
    const columns = { ...columnsOf(input, told, work.at), observedAt };
    const id = before?.id ?? work.newId();
    if (before) {
      const data = { ...columns, ...changedTarget(before, follows), ...(changed ? { updatedAt: work.at } : {}) };
      await work.tx.deployment.update({ where: { id }, data, select: { id: true } });
    } else {
      const { environment, endpoint } = place;
      const made = { id, environment, endpoint, modelId: model.id, createdAt: work.at, updatedAt: work.at };
      await work.tx.deployment.createMany({
        data: [{ ...columns, ...follows, ...made, ...actorColumns(work.viewer) }],
      });
    }
    if (!changed) return { id, applied: true };
    await replaceRunning(work, id, before?.running ?? [], running);
    work.emit({
      type: "deployment.reported",
      ...{ subject: { type: "Deployment", id }, environment: place.environment, model },
      before: before && snapshotOf(before),
      after: { endpoint: place.endpoint, follows: tellTarget(follows), ...pick(told), message: columns.message },
    });
    return { id, applied: true };
  });
}

function columnsOf({ message, observedCursor, ttlSeconds }: ReportDeploymentInput, { state, health }: Told, at: Date) {
  return {
    ...{ state, health, message: message ?? null },
    ...{ observedCursor: observedCursor ?? null, ttlSeconds: ttlSeconds ?? null },
    lastReportedAt: at,
    staleAt: ttlSeconds ? new Date(at.getTime() + ttlSeconds * 1000) : null,
  };
}

async function resolveRunning(
  work: Work,
  model: LockedModel,
  { running }: ReportDeploymentInput,
): Promise<RunningVersion[]> {
  const refs = running.map(({ version }, i) => ({ field: `input.running[${i}].version`, ref: version }));
  const versions = await requireVersions(work, refs);
  const seen = new Set<string>();
  const resolved = versions.map(({ id, number, modelId }, i) => {
    const field = refs[i]?.field ?? "input.running";
    if (modelId !== model.id) throw new InvalidInputError(field, `${field} is no version of "${model.name}".`);
    if (seen.has(id)) throw new InvalidInputError(field, `input.running names version ${number} twice.`);
    seen.add(id);
    return { versionId: id, number, weight: running[i]?.weight ?? 1 };
  });
  return resolved.sort((a, b) => a.number - b.number);
}

function pick({ state, health, running }: Told): JsonObject {
  return { state, health, running: running.map((each) => ({ ...each })) };
}

/** What goes on running keeps its time; what comes and goes takes its edge with it. */
async function replaceRunning(
  work: Work,
  deploymentId: string,
  before: readonly RunningVersion[],
  after: readonly RunningVersion[],
): Promise<void> {
  const stays = new Set(after.map(({ versionId }) => versionId));
  const gone = before.flatMap(({ versionId }) => (stays.has(versionId) ? [] : [versionId]));
  if (gone.length > 0) await stopRunning(work, deploymentId, gone);
  const ran = new Map(before.map(({ versionId, weight }) => [versionId, weight]));
  const fresh = after.filter(({ versionId }) => !ran.has(versionId));
  if (fresh.length > 0) {
    await work.tx.deploymentVersion.createMany({
      data: fresh.map(({ versionId, weight }) => ({ deploymentId, versionId, weight, since: work.at })),
    });
    const to = { kind: "DEPLOYMENT", id: deploymentId } as const;
    const edges = fresh.map(({ versionId }) => ({ from: { kind: "MODEL_VERSION", id: versionId } as const, to }));
    await writeEdges(work.tx, edges, work.at);
  }
  for (const { versionId, weight } of after) {
    if (!ran.has(versionId) || ran.get(versionId) === weight) continue;
    const where = { deploymentId_versionId: { deploymentId, versionId } };
    await work.tx.deploymentVersion.update({ where, data: { weight }, select: { weight: true } });
  }
}

export async function stopRunning(work: Work, deploymentId: string, versionIds: readonly string[]): Promise<void> {
  const ids = [...versionIds];
  await work.tx.deploymentVersion.deleteMany({ where: { deploymentId, versionId: { in: ids } } });
  await work.tx.lineageEdge.deleteMany({ where: { toDeploymentId: deploymentId, fromVersionId: { in: ids } } });
}

export function snapshotOf(deployment: LiveDeployment): JsonObject {
  const { endpoint, message } = deployment;
  return { endpoint, follows: tellTarget(deployment), ...pick(deployment), message };
}
