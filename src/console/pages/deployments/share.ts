interface Weighted {
  readonly weight: number;
}

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

/** Its share of the traffic: its weight of the sum of all weights. */
export function shareOf({ weight }: Weighted, all: readonly Weighted[]): string {
  const sum = all.reduce((total, each) => total + each.weight, 0);
  return percent.format(sum === 0 ? 0 : weight / sum);
}
