import { InvalidInputError } from "../../domain/errors.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { requireVersions } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import type { ReportDeploymentInput } from "./deployment-report.js";
import type { RunningVersion } from "./deployment-snapshot.js";

/** Looks up the running versions of a report. Throws unless they are distinct versions of the model. */
export async function resolveRunning(
  work: Work,
  model: LockedModel,
  { running }: ReportDeploymentInput,
): Promise<RunningVersion[]> {
  const refs = running.map(({ version }, i) => ({ field: `input.running[${i}].version`, ref: version }));
  const versions = await requireVersions(work, refs);
  const seen = new Set<string>();
  const resolved = versions.map(({ id, number, modelId }, i) => {
    const field = refs[i]?.field ?? "input.running";
    if (modelId !== model.id)
      throw new InvalidInputError(field, `${field} is not a version of the model of input.model.`);
    if (seen.has(id)) throw new InvalidInputError(field, `${field} is a version that input.running has already.`);
    seen.add(id);
    return { versionId: id, number, weight: running[i]?.weight ?? 1 };
  });
  return resolved.sort((a, b) => a.number - b.number);
}

/** Versions that continue to run keep their time. Versions that start or stop get or lose their lineage edge. */
export async function replaceRunning(
  work: Work,
  deploymentId: string,
  before: readonly RunningVersion[],
  after: readonly RunningVersion[],
): Promise<void> {
  const continuing = new Set(after.map(({ versionId }) => versionId));
  const stopped = before.flatMap(({ versionId }) => (continuing.has(versionId) ? [] : [versionId]));
  if (stopped.length > 0) await stopRunning(work, deploymentId, stopped);
  const weights = new Map(before.map(({ versionId, weight }) => [versionId, weight]));
  const started = after.filter(({ versionId }) => !weights.has(versionId));
  if (started.length > 0) await startRunning(work, deploymentId, started);
  for (const { versionId, weight } of after) {
    if (!weights.has(versionId) || weights.get(versionId) === weight) continue;
    const where = { deploymentId_versionId: { deploymentId, versionId } };
    await work.tx.deploymentVersion.update({ where, data: { weight }, select: { weight: true } });
  }
}

async function startRunning(work: Work, deploymentId: string, versions: readonly RunningVersion[]): Promise<void> {
  await work.tx.deploymentVersion.createMany({
    data: versions.map(({ versionId, weight }) => ({ deploymentId, versionId, weight, since: work.at })),
  });
  const to = { kind: "DEPLOYMENT", id: deploymentId } as const;
  const edges = versions.map(({ versionId }) => ({ from: { kind: "MODEL_VERSION", id: versionId } as const, to }));
  await writeEdges(work.tx, edges, work.at);
}

export async function stopRunning(work: Work, deploymentId: string, versionIds: readonly string[]): Promise<void> {
  const ids = [...versionIds];
  await work.tx.deploymentVersion.deleteMany({ where: { deploymentId, versionId: { in: ids } } });
  await work.tx.lineageEdge.deleteMany({ where: { toDeploymentId: deploymentId, fromVersionId: { in: ids } } });
}
