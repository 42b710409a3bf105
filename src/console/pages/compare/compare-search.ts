import { type CurveSearch, parseCurveSearch } from "../../charts/curve-search";

/** As many as the server compares at once. */
export const COMPARED_MAX = 10;

/** What the address of the page says: versions or runs, by their global ids. The first one is the base of the deltas. */
export interface CompareSearch extends CurveSearch {
  readonly versions?: readonly string[] | undefined;
  readonly runs?: readonly string[] | undefined;
  readonly differing?: true | undefined;
}

export function parseCompareSearch(search: Record<string, unknown>): CompareSearch {
  const ids = (key: "versions" | "runs") => {
    const value = search[key];
    return Array.isArray(value) ? { [key]: [...new Set(value.map(String))].slice(0, COMPARED_MAX) } : {};
  };
  return {
    ...parseCurveSearch(search),
    ...ids("versions"),
    ...ids("runs"),
    ...(search.differing === true && { differing: true }),
  };
}
