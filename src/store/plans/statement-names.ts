import { createHash } from "node:crypto";
import { isPlanReusable } from "./reusable-plans.js";

const NAMES_MAX = 1_000;

/**
 * Names statements, so that the database plans each of them once per connection. A statement whose best plan depends on its
 * values gets no name, and is planned for them each time. The database keeps a named statement as long as the connection
 * lives, so after a number of names further statements get none either.
 */
export function createStatementNames(
  max = NAMES_MAX,
  isReusable = isPlanReusable,
): (statement: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  const unnamed = new Set<string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= max || unnamed.has(sql)) return "";
    if (!isReusable(sql)) {
      if (unnamed.size < max) unnamed.add(sql);
      return "";
    }
    const name = `s${createHash("sha256").update(sql).digest("hex").slice(0, 20)}`;
    names.set(sql, name);
    return name;
  };
}
