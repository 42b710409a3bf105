/** As the schema writes a metric: a number, or one of the three names. */
export type MetricNumber = number | string;

const format = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6 });
const formatChange = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3, signDisplay: "exceptZero" });

/** In the viewer's language; NaN and the infinities as what they are. */
export function formatMetric(value: MetricNumber): string {
  return typeof value === "number" ? format.format(value) : value;
}

/** Null if there is no difference that can be written. */
export function formatDelta(value: MetricNumber, base: MetricNumber): string | null {
  const delta = Number(value) - Number(base);
  return Number.isFinite(delta) ? formatChange.format(delta) : null;
}
