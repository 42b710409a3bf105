import type { Context } from "../kit/context.js";
import { parseStage, STAGE_NAMES } from "../versions/stage-names.js";
import { readModelByName } from "./read-models.js";

/** The version with the highest number in each of the stages, with its aliases; no stages mean all of them. */
export async function readLatestOfModel(context: Context, name: string, stages: readonly string[]) {
  const wanted = new Set(stages.map((stage) => STAGE_NAMES[parseStage(stage)] as string));
  const { latest_versions: latest = [], aliases = [] } = await readModelByName(context, name);
  const versions = latest.filter(({ current_stage }) => wanted.size === 0 || wanted.has(String(current_stage)));
  return versions.map((version) => {
    const own = aliases.filter((alias) => alias.version === version.version);
    return { ...version, ...(own.length > 0 ? { aliases: own.map(({ alias }) => alias) } : {}) };
  });
}
