import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import { size } from "../size.js";
import { readByHand } from "./reads.js";

const KEYS = size(200, 20);
const LINEAGE = `query ($run: ID!) { lineage(of: { run: $run }, direction: UPSTREAM, depth: 5, first: 1000) {
  counts { kind count } nodes { nodeId depth kind name } edges { from to kind } } }`;

export const LINEAGE_SCENARIO = {
  number: 5,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("graph");
    // the upper layers, from where a walk of this depth does not reach an end
    const { rows } = await world.pool.query<{ run: string }>(
      `SELECT "id" AS run FROM "Run" WHERE (SELECT count(*) FROM "Run") * 0.6 < substr("id", 3)::int ORDER BY md5("id") LIMIT ${KEYS}`,
    );
    yield await measureBesideLimit(bench, world, {
      scenario: 5,
      name: "lineage of depth 5",
      connections: 16,
      query: LINEAGE,
      route: "lineage",
      asked: await readByHand(world.pool, "lineage", rows),
    });
  },
};
