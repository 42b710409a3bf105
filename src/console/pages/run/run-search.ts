import { type CurveSearch, parseCurveSearch } from "../../charts/curve-search";

/** What the address of the page says. */
export interface RunPageSearch extends CurveSearch {
  /** A part of the names of the metrics that are listed. */
  readonly metrics?: string | undefined;
}

export function parseRunPageSearch(search: Record<string, unknown>): RunPageSearch {
  const { metrics } = search;
  const isText = typeof metrics === "string" || typeof metrics === "number";
  return { ...parseCurveSearch(search), ...(isText && { metrics: String(metrics) }) };
}
