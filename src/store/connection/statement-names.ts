import { createHash } from "node:crypto";

const NAMES_MAX = 1_000;

/**
 * Names statements, so that the database plans each of them once per connection. The database keeps a named statement as
 * long as the connection lives, so after a number of names further statements get none and are planned each time.
 */
export function createStatementNames(max = NAMES_MAX): (statement: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= max) return "";
    const name = `s${createHash("sha256").update(sql).digest("hex").slice(0, 20)}`;
    names.set(sql, name);
    return name;
  };
}
