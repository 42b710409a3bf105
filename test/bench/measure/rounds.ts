import type { LoadResult } from "../load/load-client.js";
import { cpuMilliseconds, residentKilobytes } from "./process-usage.js";
import { quantile } from "./quantile.js";

/** One of those that are measured in turns. */
export interface Side {
  readonly pids: readonly number[];
  run(ms: number): Promise<LoadResult>;
  /** How many statements it has sent so far; the call itself sends one. */
  countStatements?(): Promise<number>;
}

export interface Measured {
  readonly rps: number;
  readonly cpuMs: number;
  readonly p50: number;
  readonly p99: number;
  readonly rssMb: number;
  /** Statements for each request, with those of the background; null where they are not counted. */
  readonly statements: number | null;
}

const ROUNDS = 4;

interface Sum {
  ms: number;
  cpuMs: number;
  statements: number;
  readonly times: number[];
}

/** All sides in turns, so that whatever else the machine does meets each. The first round warms up and does not count. */
export async function measureInRounds(sides: readonly Side[], seconds: number): Promise<Measured[]> {
  const roundMs = (seconds * 1000) / ROUNDS;
  const sums = sides.map((): Sum => ({ ms: 0, cpuMs: 0, statements: 0, times: [] }));
  for (const side of sides) await side.run(roundMs);
  for (let round = 0; round < ROUNDS; round++) {
    const turns = sides.map((side, i) => [side, sums[i] as Sum] as const);
    for (const [side, sum] of round % 2 === 0 ? turns : turns.reverse()) await runOnce(side, sum, roundMs);
  }
  return sides.map((side, i) => toMeasured(side, sums[i] as Sum));
}

async function runOnce(side: Side, sum: Sum, roundMs: number): Promise<void> {
  const cpuOf = () => side.pids.reduce((total, pid) => total + cpuMilliseconds(pid), 0);
  const statements = await side.countStatements?.();
  const cpu = cpuOf();
  const { ms, times } = await side.run(roundMs);
  sum.cpuMs += cpuOf() - cpu;
  sum.ms += ms;
  for (const time of times) sum.times.push(time);
  if (statements !== undefined) sum.statements += ((await side.countStatements?.()) ?? 0) - statements - 1;
}

function toMeasured(side: Side, { ms, cpuMs, statements, times }: Sum): Measured {
  return {
    rps: (times.length * 1000) / ms,
    cpuMs: cpuMs / times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    rssMb: side.pids.reduce((total, pid) => total + residentKilobytes(pid), 0) / 1024,
    statements: side.countStatements ? statements / times.length : null,
  };
}
