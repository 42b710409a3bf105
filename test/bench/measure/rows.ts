import type { Measured } from "./rounds.js";

/** A line of the result. */
export interface Row extends Measured {
  readonly scenario: number;
  readonly name: string;
  /** The peer that was measured in place of Shelfmark. */
  readonly peer?: string;
  /** What the hand-written limit did in the same run. */
  readonly limit: number;
  readonly ratio: number;
  readonly limitCpuMs: number;
  readonly more?: Readonly<Record<string, number>>;
}

/** A row as one line of JSON. */
export function toLine({ scenario, name, peer, rps, limit, ratio, cpuMs, limitCpuMs, more, ...rest }: Row): string {
  const { p50, p99, rssMb, statements } = rest;
  const all = { scenario, name, peer, rps, limit, ratio, cpuMs, limitCpuMs, p50, p99, rssMb, statements, ...more };
  return JSON.stringify(all, (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value));
}

/** A row as it is reported while the next one is measured. */
export function toSentence({ scenario, name, peer, rps, limit, ratio }: Row): string {
  return `${scenario} ${name}${peer ? ` (${peer})` : ""}: ${digits(rps)}/s, limit ${digits(limit)}/s, ratio ${ratio.toFixed(2)}`;
}

const COLUMNS: Readonly<Record<string, (row: Row) => string>> = {
  "requests/s": ({ rps }) => digits(rps),
  limit: ({ limit }) => digits(limit),
  ratio: ({ ratio }) => ratio.toFixed(2),
  "CPU ms": ({ cpuMs }) => digits(cpuMs),
  "limit's": ({ limitCpuMs }) => digits(limitCpuMs),
  "p50 ms": ({ p50 }) => digits(p50),
  "p99 ms": ({ p99 }) => digits(p99),
  "RSS MB": ({ rssMb }) => rssMb.toFixed(0),
  statements: ({ statements }) => (statements === null ? "" : statements.toFixed(1)),
};

/** A whole number as names have it: 10 000. */
export const withSpaces = (value: number) => value.toLocaleString("en").replaceAll(",", " ");

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));

export function printTable(rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const titles = rows.map(({ scenario, name, peer }) => `${scenario}  ${peer ? `  ${peer}: ` : ""}${name}`);
  const width = Math.max(...titles.map((title) => title.length));
  const heads = Object.keys(COLUMNS);
  const more = [...new Set(rows.flatMap((row) => Object.keys(row.more ?? {})))];
  console.log(["".padEnd(width), ...heads, ...more].join("  "));
  for (const [i, row] of rows.entries()) {
    const cells = heads.map((head) => (COLUMNS[head]?.(row) ?? "").padStart(head.length));
    for (const name of more)
      cells.push((row.more?.[name] === undefined ? "" : digits(row.more[name])).padStart(name.length));
    console.log([(titles[i] ?? "").padEnd(width), ...cells].join("  "));
  }
}
