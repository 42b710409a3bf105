import type { VariablesOf } from "../../graphql/graphql";
import type { MODELS } from "./models-query";

export const STAGES = ["STAGING", "PRODUCTION", "ARCHIVED"] as const;
export const ORDERS = ["name", "updated", "created"] as const;

/** What the address of the page says. */
export interface ModelSearch {
  readonly q?: string;
  readonly stage?: (typeof STAGES)[number];
  /** `key` or `key=value`. */
  readonly tag?: string;
  readonly alias?: string;
  readonly by?: string;
  readonly order?: (typeof ORDERS)[number];
}

type Variables = VariablesOf<typeof MODELS>;
type Filter = NonNullable<Variables["where"]>;

const ORDER_BY = {
  name: { field: "NAME", direction: "ASC" },
  updated: { field: "UPDATED_AT", direction: "DESC" },
  created: { field: "CREATED_AT", direction: "DESC" },
} as const satisfies Record<(typeof ORDERS)[number], Variables["orderBy"]>;

export function parseModelSearch(search: Record<string, unknown>): ModelSearch {
  const text = (key: string) => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? { [key]: String(value) } : {};
  };
  const stage = STAGES.find((each) => each === search.stage);
  const order = ORDERS.find((each) => each === search.order);
  return {
    ...text("q"),
    ...text("tag"),
    ...text("alias"),
    ...text("by"),
    ...(stage && { stage }),
    ...(order && { order }),
  };
}

export function toVariables({ q, stage, tag, alias, by, order = "updated" }: ModelSearch): Variables {
  const filters: Filter[] = [
    ...(q ? [{ OR: searched(q) }] : []),
    ...(stage ? [{ stage }] : []),
    ...(tag ? [{ tag: toTag(tag) }] : []),
    ...(alias ? [{ alias }] : []),
    ...(by ? [{ createdBy: { subject: by } }] : []),
  ];
  return { where: filters.length > 0 ? { AND: filters } : null, orderBy: ORDER_BY[order] };
}

/** Name, description, or a tag that is written as `key=value`. */
function searched(q: string): Filter[] {
  return [
    { name: { containsIgnoreCase: q } },
    { description: { containsIgnoreCase: q } },
    ...(q.indexOf("=") > 0 ? [{ tag: toTag(q) }] : []),
  ];
}

function toTag(text: string): { key: string; value?: string } {
  const [key = "", ...value] = text.split("=");
  return value.length > 0 ? { key, value: value.join("=") } : { key };
}
