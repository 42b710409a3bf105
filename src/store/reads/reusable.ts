import { isEvenColumn } from "../plans/reusable-plans.js";
import { isFewOfAnOwner } from "./page.js";
import type { Comparison, Source, StatementBuilder } from "./statement-builder.js";

/** The rule of plans/reusable-plans.ts, for a statement whose parts are known. */
export function isReusable(builder: StatementBuilder, root: Source): boolean {
  const { comparisons, few, orders } = builder;
  const single = singleRowAliases(builder, root);
  return comparisons.every(
    ({ alias, column, operator }) =>
      isEvenColumn(column) ||
      single.has(alias) ||
      few.has(alias) ||
      // a page continues at a place in the order of its list, where an index begins to read
      (/^[<>]=?$/.test(operator) && orders.has(`${alias}.${column}`)),
  );
}

/** The aliases that have one row or few, because the row at the root is found by its key. */
function singleRowAliases({ comparisons, joins }: StatementBuilder, root: Source): ReadonlySet<string> {
  const aliases = new Set([root.alias]);
  for (const { alias, by } of joins) if (aliases.has(by)) aliases.add(alias);
  const isFew = isFewOfAnOwner(root);
  const isKey = ({ alias, column, operator, isRequired }: Comparison) => {
    if (!isRequired || (operator !== "=" && operator !== "IN")) return false;
    if (column === "liveName") return aliases.has(alias);
    return alias === root.alias && (column === "id" || (isFew && isEvenColumn(column)));
  };
  return comparisons.some(isKey) ? aliases : new Set();
}
