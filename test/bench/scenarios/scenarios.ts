import type { Bench } from "../measure/bench.js";
import type { Row } from "../measure/rows.js";
import type { Options } from "../options.js";
import { CREATE_VERSION } from "./create-version.js";
import { DELIVERY } from "./delivery.js";
import { EMBEDDED } from "./embedded.js";
import { FIXED_COST } from "./fixed-cost.js";
import { GROWTH_SCENARIOS } from "./growth.js";
import { LINEAGE_SCENARIO } from "./lineage.js";
import { LOG_BATCH } from "./log-batch.js";
import { MLFLOW } from "./mlflow.js";
import { READ_SCENARIOS } from "./reads.js";
import { SEARCH_SCENARIO } from "./search.js";
import { TRANSITION } from "./transition.js";

export interface Scenario {
  readonly number: number;
  /** Whether the options ask for it. */
  isAsked(options: Options): boolean;
  run(bench: Bench): AsyncIterable<Row>;
}

export const SCENARIOS: readonly Scenario[] = [
  ...READ_SCENARIOS,
  EMBEDDED,
  ...GROWTH_SCENARIOS,
  SEARCH_SCENARIO,
  LINEAGE_SCENARIO,
  CREATE_VERSION,
  TRANSITION,
  LOG_BATCH,
  DELIVERY,
  FIXED_COST,
  MLFLOW,
];
