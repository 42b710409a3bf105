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
    PARAM: {
      description:
        "The value of the param in `param`, as text: 10 comes before 9. Runs without the param are left out. Only for the root field `runs`.",
      columns: [
        { name: "value", kind: "text" },
        { name: "runId", kind: "text" },
      ],
    },
  },
  initial: { field: "CREATED_AT", direction: "DESC" },
  extra: (t) => ({
    metric: t.string({ description: "The key of the metric. Required for METRIC." }),
    param: t.string({ description: "The key of the param. Required for PARAM." }),
  }),
});

export type GivenRunOrder = typeof RunOrder.$inferInput | null | undefined;

/** The same for runs below another row, where the statement of the parent cannot order by metrics and params. */
export function nestedRunOrder(order: GivenRunOrder): ListOrder {
  const logged = loggedOrder(order);
  if (logged === null) return runOrder(order);
  throw new InvalidInputError(
    "orderBy.field",
    `${logged.by} is allowed only for the root field runs. Use runs(where: {experiment: …}).`,
  );
}

/** What to order by of what a run logged, and its key; null for an order by time. */
export function loggedOrder(order: GivenRunOrder): { by: "METRIC" | "PARAM"; key: string } | null {
  if (order?.field !== "METRIC" && order?.field !== "PARAM") return null;
  const by = order.field;
  const noun = by === "METRIC" ? "metric" : "param";
  const key = order[noun];
  if (typeof key === "string") return { by, key };
  throw new InvalidInputError(
    `orderBy.${noun}`,
    `orderBy.${noun} is required for ${by}: it is the key of the ${noun}.`,
  );
}
