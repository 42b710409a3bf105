import type { Bench } from "../measure/bench.js";
import { sidesOf } from "../measure/beside-limit.js";
import { measureInRounds } from "../measure/rounds.js";
import { type Row, withSpaces } from "../measure/rows.js";
import type { Options } from "../options.js";
import { fillRegistry } from "../setup/registry.js";
import { size } from "../size.js";
import { READ_COMPARISONS } from "./reads.js";

const VERSIONS_EACH = 10;
const SIZES = [size(1_000, 1_000), size(100_000, 1_500), size(1_000_000, 2_000)];

/** The reads with more and more versions, all sizes in turns. */
export const GROWTH_SCENARIOS = READ_COMPARISONS.map((compare, i) => ({
  number: i + 1,
  isAsked: ({ growth }: Options) => growth,
  async *run(bench: Bench): AsyncIterable<Row> {
    const compared = await Promise.all(
      SIZES.map(async (versions) => {
        const registry = { models: versions / VERSIONS_EACH, versionsEach: VERSIONS_EACH };
        const world = await bench.worldOf(`growth_${versions}`, (pool) => fillRegistry(pool, registry));
        const comparison = await compare(world);
        return { versions, name: comparison.name, sides: await sidesOf(bench, world, comparison) };
      }),
    );
    const measured = await measureInRounds(
      compared.flatMap(({ sides }) => sides),
      bench.options.seconds,
    );
    for (const [at, { versions, name }] of compared.entries()) {
      const [ours, limit, smallest] = [measured[2 * at], measured[2 * at + 1], measured[0]];
      if (!ours || !limit || !smallest) throw new Error("Each size is measured.");
      yield {
        scenario: i + 1,
        name: `${name}, of ${withSpaces(versions)} versions`,
        ...ours,
        limit: limit.rps,
        ratio: ours.rps / limit.rps,
        limitCpuMs: limit.cpuMs,
        more: { growth: smallest.rps / ours.rps },
      };
    }
  },
}));
