import { ensureDefaultExperiment } from "../../registry/tracking/insert-experiment.js";
import type { MlflowServices } from "../kit/context.js";

/** Asks the database until it has the experiment, and then never again: its number is never given to another. */
export function defaultExperiment(services: MlflowServices): (requestId: string) => Promise<void> {
  let isThere = false;
  return async (requestId) => {
    if (!isThere) isThere = await ensureDefaultExperiment(services, requestId);
  };
}
