import type { Context } from "../kit/context.js";
import { parseStage, STAGE_NAMES } from "../versions/stage-names.js";
import { readLatestVersions } from "./read-models.js";

/** The version with the highest number in each of the stages; no stages mean all of them. */
export async function readLatestOfModel(context: Context, modelId: string, stages: readonly string[]) {
  const wanted = new Set(stages.map((stage) => STAGE_NAMES[parseStage(stage)] as string));
  const latest = (await readLatestVersions(context, [modelId])).get(modelId) ?? [];
  const versions = latest.filter(({ current_stage }) => wanted.size === 0 || wanted.has(String(current_stage)));
  const aliases = await context.db.alias.findMany({
    where: { modelId },
    select: { name: true, modelVersion: { select: { number: true } } },
    orderBy: { name: "asc" },
  });
  return versions.map((version) => {
    const own = aliases.filter(({ modelVersion }) => String(modelVersion.number) === version.version);
    return { ...version, ...(own.length > 0 ? { aliases: own.map(({ name }) => name) } : {}) };
  });
}
