import { InvalidInputError } from "../../domain/errors.js";
import { STAGES, type Stage } from "../../domain/versions/stage.js";

export const STAGE_NAMES = {
  NONE: "None",
  STAGING: "Staging",
  PRODUCTION: "Production",
  ARCHIVED: "Archived",
} as const satisfies Record<Stage, string>;

/** MLflow takes the names of stages in any case. */
export function parseStage(name: string): Stage {
  const stage = STAGES.find((each) => each === name.toUpperCase());
  if (stage) return stage;
  const valid = Object.values(STAGE_NAMES).join(", ");
  throw new InvalidInputError("stage", `Invalid Model Version stage: ${name}. Value must be one of ${valid}.`);
}
