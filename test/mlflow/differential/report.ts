import type { Comparison, Difference } from "./compare.js";
import { INTENDED } from "./intended.js";

/** The report of one client: what is equal, what differs on purpose, what is wrong, and which intentions no step shows. */
export function report(client: string, { steps, fields, differences }: Comparison) {
  const wrong = differences.filter(({ at }) => !INTENDED.some((intended) => intended.at.test(at)));
  const lines = INTENDED.map(({ at, reason }) => {
    const found = differences.filter((difference) => at.test(difference.at));
    return { count: found.length, at: at.source, reason };
  });
  const text = [
    `client ${client}: ${steps} steps, ${fields} fields: ${fields - differences.length} equal, ${differences.length - wrong.length} differ on purpose, ${wrong.length} wrong`,
    ...lines.filter(({ count }) => count > 0).map(({ count, reason }) => `  ${String(count).padStart(4)}  ${reason}`),
    ...wrong.map(describe),
    "",
  ].join("\n");
  return { text, wrong: wrong.map(describe), unseen: lines.filter(({ count }) => count === 0).map(({ at }) => at) };
}

function describe({ at, theirs, ours }: Difference): string {
  return `  wrong  ${at}\n         MLflow ${theirs}\n         here   ${ours}`;
}
