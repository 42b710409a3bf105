import { InvalidInputError } from "../errors.js";
import { parseAlias } from "../versions/alias.js";
import type { Stage } from "../versions/stage.js";
import type { PolicyTarget } from "./policy.js";
import { parseDistinct } from "./rules/parse-members.js";
import { GUARDED_STAGES, type GuardedStage, isGuardedStage } from "./target.js";

const GLOBS_MAX = 100;
const ALIAS_GLOB = /^[A-Za-z0-9_*-]{1,255}$/;

export interface PolicyTargetInput {
  readonly stages?: readonly Stage[] | null | undefined;
  /** Globs. */
  readonly aliases?: readonly string[] | null | undefined;
}

/** Checks what a policy guards: at least one stage or one glob of aliases. */
export function parsePolicyTarget(field: string, { stages, aliases }: PolicyTargetInput): PolicyTarget {
  if (!stages?.length && !aliases?.length) {
    throw new InvalidInputError(field, `${field} must give at least one of stages and aliases.`);
  }
  return {
    stages: stages?.length ? parseStages(`${field}.stages`, stages) : [],
    aliases: aliases?.length ? parseDistinct(`${field}.aliases`, aliases, GLOBS_MAX, parseAliasGlob) : [],
  };
}

function parseStages(field: string, stages: readonly Stage[]): GuardedStage[] {
  for (const [index, stage] of stages.entries()) {
    if (isGuardedStage(stage)) continue;
    throw new InvalidInputError(
      `${field}[${index}]`,
      `${field}[${index}] must be ${GUARDED_STAGES.join(" or ")}: every version begins in NONE, and ARCHIVED takes a version out of use, so neither needs a gate.`,
    );
  }
  parseDistinct(field, stages, GUARDED_STAGES.length);
  return GUARDED_STAGES.filter((stage) => stages.includes(stage));
}

function parseAliasGlob(field: string, glob: string): string {
  if (!ALIAS_GLOB.test(glob)) {
    throw new InvalidInputError(field, `${field} must be 1 to 255 letters, digits, "_", "-" or "*".`);
  }
  return glob.includes("*") ? glob : parseAlias(field, glob);
}
