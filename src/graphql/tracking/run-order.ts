import { InvalidInputError } from "../../domain/errors.js";
import { orderType } from "../kit/order-input.js";
import { byColumn, type ListOrder } from "../kit/paging.js";

export const [RunOrder, runOrder] = orderType("RunOrder", {
  many: "runs",
  choices: {
    CREATED_AT: {
      description: "When the run was created in the registry.",
      columns: byColumn("createdAt", "date", "text"),
    },
    STARTED_AT: {
      description: "When the run started, as its client reported.",
      columns: byColumn("startedAt", "date", "text"),
    },
    METRIC: {
      description:
        "The latest value, without a dataset, of the metric in `metric`. Runs without a value, or with NaN, are left out. Only for the root field `runs`.",
      columns: [
        { name: "rank", kind: "bigint" },
        { name: "runId", kind: "text" },
      ],
    },
  },
  initial: { field: "CREATED_AT", direction: "DESC" },
  extra: (t) => ({ metric: t.string({ description: "The key of the metric. Required for METRIC." }) }),
});

export type GivenRunOrder = typeof RunOrder.$inferInput | null | undefined;

/** The same for runs below another row, where the statement of the parent cannot order by metrics. */
export function nestedRunOrder(order: GivenRunOrder): ListOrder {
  if (metricOfOrder(order) === null) return runOrder(order);
  throw new InvalidInputError(
    "orderBy.field",
    "METRIC is allowed only for the root field runs. Use runs(where: {experiment: …}).",
  );
}

/** The key of the metric to order by; null for an order by time. */
export function metricOfOrder(order: GivenRunOrder): string | null {
  if (order?.field !== "METRIC") return null;
  if (typeof order.metric === "string") return order.metric;
  throw new InvalidInputError("orderBy.metric", "orderBy.metric is required for METRIC: it is the key of the metric.");
}
