import { InvalidInputError } from "../../domain/errors.js";

interface OrderTerm<Field> {
  readonly by: Field;
  readonly direction: "asc" | "desc";
}

const TERM = /^\s*(?:attributes?\.)?[`"]?([\w.]+)[`"]?(?:\s+(asc|desc))?\s*$/i;

/** Parses MLflow's orders, such as `name DESC`, and completes them with the natural order of the resource. */
export function parseOrderBy<Field extends string>(
  terms: readonly string[],
  fields: Readonly<Record<string, Field>>,
  natural: readonly OrderTerm<Field>[],
): OrderTerm<Field>[] {
  const order: OrderTerm<Field>[] = [];
  for (const term of terms) {
    const [, key = term, direction = "asc"] = TERM.exec(term) ?? [];
    const by = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (by === undefined) {
      const list = Object.keys(fields).map((name) => `'${name}'`);
      throw new InvalidInputError(
        "order_by",
        `Invalid order by key '${key}' specified. Valid keys are '{${list.join(", ")}}'`,
      );
    }
    if (order.some((before) => before.by === by)) {
      throw new InvalidInputError("order_by", `\`order_by\` contains duplicate fields: ${terms.join(", ")}`);
    }
    order.push({ by, direction: direction.toLowerCase() === "desc" ? "desc" : "asc" });
  }
  return [...order, ...natural.filter(({ by }) => !order.some((before) => before.by === by))];
}
