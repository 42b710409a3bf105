import { createHash } from "node:crypto";

const MOST_NAMES = 1_000;

/**
 * Names statements so that the database plans each once per connection. The server keeps what is named for as long as
 * the connection lives, so past a bound statements stay nameless and are planned anew.
 */
export function createStatementNames(most = MOST_NAMES): (statement: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= most) return "";
    const name = `s${createHash("sha256").update(sql).digest("hex").slice(0, 20)}`;
    names.set(sql, name);
    return name;
  };
}
