import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";

/** What every request costs: the limit verifies the token through the same cache, and sends a constant. */
export const FIXED_COST = {
  number: 10,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("registry");
    yield await measureBesideLimit(bench, world, {
      scenario: 10,
      name: "{ __typename }",
      connections: 16,
      query: "{ __typename }",
      route: "constant",
      asked: [{ ours: {}, limit: {}, answer: '{"__typename":"Query"}' }],
    });
  },
};
