import { InvalidInputError } from "../../domain/errors.js";
import { builder } from "../kit/builder.js";
import type { ListOrder } from "../kit/paging.js";
import { OrderDirection } from "../models/model-filter.js";

const RunOrderField = builder.enumType("RunOrderField", {
  description: "What runs are ordered by.",
  values: {
    CREATED_AT: { description: "When the run was created here." },
    STARTED_AT: { description: "When the run started, as its client said." },
    METRIC: {
      description:
        "The latest value of the metric that `metric` names, not bound to a dataset. Runs without one, or whose value is NaN, are left out. On the root field `runs` only.",
    },
  } as const,
});

export const RunOrder = builder.inputType("RunOrder", {
  description: "The order of runs. Runs that are alike in it are ordered by id.",
  fields: (t) => ({
    field: t.field({ type: RunOrderField, required: true, description: "What to order by." }),
    metric: t.string({ description: "The key of the metric, for METRIC." }),
    direction: t.field({ type: OrderDirection, defaultValue: "DESC", description: "Which end comes first." }),
  }),
});

type Order = (typeof RunOrder)["$inferInput"] | null | undefined;

const ORDERS = {
  CREATED_AT: [
    { name: "createdAt", kind: "date" },
    { name: "id", kind: "text" },
  ],
  STARTED_AT: [
    { name: "startedAt", kind: "date" },
    { name: "id", kind: "text" },
  ],
  METRIC: [
    { name: "rank", kind: "bigint" },
    { name: "runId", kind: "text" },
  ],
} as const satisfies Record<(typeof RunOrderField)["$inferType"], ListOrder["columns"]>;

/** Newest first, unless told otherwise. */
export function runOrder(order: Order): ListOrder {
  return { columns: ORDERS[order?.field ?? "CREATED_AT"], direction: order?.direction === "ASC" ? "asc" : "desc" };
}

/** The same where runs stand below something, in whose statement their metrics cannot lead. */
export function nestedRunOrder(order: Order): ListOrder {
  if (metricOfOrder(order) === null) return runOrder(order);
  throw new InvalidInputError("orderBy.field", "METRIC orders the root field runs only: runs(where: {experiment: …}).");
}

/** The key of the metric to order by; null for an order by time. */
export function metricOfOrder(order: Order): string | null {
  if (order?.field !== "METRIC") return null;
  if (typeof order.metric === "string") return order.metric;
  throw new InvalidInputError("orderBy.metric", "orderBy.metric says which metric to order by.");
}
