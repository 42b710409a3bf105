import type { Prisma } from "../generated/client.js";

interface MetricValue {
  readonly key: string;
  readonly step: bigint;
  readonly timestamp: Date;
  readonly rank: bigint;
}

/** The latest values of a run's metrics, by key; of a metric that was measured on several datasets the latest comes first. */
export const LATEST_FIRST = {
  where: { loggedModelId: null },
  select: { key: true, step: true, timestamp: true, rank: true },
  orderBy: [{ key: "asc" }, { step: "desc" }, { timestamp: "desc" }, { rank: "desc" }],
} as const satisfies Prisma.Run$seriesArgs;

/** The latest value of each metric, whichever dataset it was measured on. */
export function latestOfEach<Value extends MetricValue>(latestFirst: readonly Value[]): Value[] {
  return latestFirst.filter(({ key }, at) => key !== latestFirst[at - 1]?.key);
}
