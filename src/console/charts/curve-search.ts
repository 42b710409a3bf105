export const AXES = ["STEP", "ELAPSED", "TIMESTAMP"] as const;

/** What the address says about a chart of curves. */
export interface CurveSearch {
  /** The metric that is shown. */
  readonly key?: string | undefined;
  readonly x?: (typeof AXES)[number] | undefined;
  readonly logX?: true | undefined;
  readonly logY?: true | undefined;
  /** The part of the x-axis that is shown. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export function parseCurveSearch(search: Record<string, unknown>): CurveSearch {
  const x = AXES.find((axis) => axis === search.x);
  const whole = (key: "from" | "to") => (Number.isSafeInteger(search[key]) ? { [key]: search[key] } : {});
  return {
    ...((typeof search.key === "string" || typeof search.key === "number") && { key: String(search.key) }),
    ...(x && { x }),
    ...(search.logX === true && { logX: true }),
    ...(search.logY === true && { logY: true }),
    ...whole("from"),
    ...whole("to"),
  };
}
