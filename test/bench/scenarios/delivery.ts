import { startBare, startPlain, startShelfmark } from "../delivery/audience.js";
import { type Delivery, measureDelivery } from "../delivery/measure-delivery.js";
import type { Bench } from "../measure/bench.js";
import { type Row, withSpaces } from "../measure/rows.js";
import { fillRegistry } from "../setup/registry.js";
import { size } from "../size.js";

const SUBSCRIBERS = [size(1_000, 10), size(10_000, 100)];

/** Ten events a second to all subscribers, beside a `ws` server that broadcasts the same bytes. The ratio is that of p99. */
export const DELIVERY = {
  number: 9,
  isAsked: () => true,
  async *run({ databases, options }: Bench): AsyncIterable<Row> {
    const { url } = await databases.named("delivery", (pool) => fillRegistry(pool, { models: 1, versionsEach: 4 }));
    for (const subscribers of SUBSCRIBERS) {
      const audiences = await Promise.all([startShelfmark(url), startPlain(), ...(options.peers ? [startBare()] : [])]);
      try {
        const [ours, limit, bare] = await measureDelivery(audiences, { subscribers, seconds: options.seconds });
        if (!ours || !limit) throw new Error("Each audience is measured.");
        const toRow = ({ liveKb, ...measured }: Delivery, peer?: string): Row => ({
          scenario: 9,
          name: `delivery to ${withSpaces(subscribers)} subscribers`,
          ...(peer ? { peer } : {}),
          ...measured,
          limit: limit.rps,
          limitCpuMs: limit.cpuMs,
          ratio: limit.p99 / measured.p99,
          more: { limitP99: limit.p99, liveKb, limitLiveKb: limit.liveKb },
        });
        yield toRow(ours);
        if (bare) yield toRow(bare, "graphql-ws alone");
      } finally {
        await Promise.all(audiences.map((audience) => audience.stop()));
      }
    }
  },
};
