import type { Bench } from "../measure/bench.js";
import type { Row } from "../measure/rows.js";
import type { Options } from "../options.js";
import { READ_SCENARIOS } from "./reads.js";

export interface Scenario {
  readonly number: number;
  /** Whether the options ask for it. */
  isAsked(options: Options): boolean;
  run(bench: Bench): AsyncIterable<Row>;
}

export const SCENARIOS: readonly Scenario[] = [...READ_SCENARIOS];
