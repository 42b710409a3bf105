import { isObject, Leaf, type Tree, type TreeObject } from "./lift.js";
import { column as columnOf, NotCompiled, type Source, type StatementBuilder } from "./statement-builder.js";

/** One alternative of what `textMatches` in access/visibility.ts writes: a list of texts, or the two halves of a glob. */
interface Glob {
  readonly column: string;
  readonly start: Leaf;
  readonly end: Leaf;
}

/**
 * Takes the globs out of alternatives: all globs on a column become one list of patterns, so that the statement does not
 * depend on their number. Elsewhere each is a range on an index, so they stay what they are.
 */
export function compileGlobs(builder: StatementBuilder, source: Source, parts: readonly Tree[]) {
  if (!builder.joinsGlobs) return { globs: [], others: parts };
  const found = parts.map(toGlob);
  const columns = [...new Set(found.flatMap((glob) => glob?.column ?? []))].filter(
    (name) => source.table.columns.get(name)?.type === "String",
  );
  const isTaken = (glob: Glob | null) => glob !== null && columns.includes(glob.column);
  const texts = parts.map((part) => toTexts(part, columns));
  const globs = columns.map((name) => {
    const own = found.filter((glob) => glob?.column === name);
    const lists = texts.filter((each) => each?.column === name);
    builder.comparisons.push({ alias: source.alias, column: name, operator: "LIKE", isRequired: false });
    const patterns = builder.parameter((values) => own.map((glob) => patternOf(glob, values)));
    const matches = `${columnOf(source, name)}::text LIKE ANY (${patterns})`;
    if (lists.length === 0) return matches;
    const exact = builder.parameter((values) =>
      lists.flatMap((each) => (each ? (values[each.list.index] as string[]) : [])),
    );
    return `(${columnOf(source, name)} = ANY (${exact}) OR ${matches})`;
  });
  return { globs, others: parts.filter((_, index) => !isTaken(found[index] ?? null) && !texts[index]) };
}

/** `{ AND: [{ column: { startsWith } }, { column: { endsWith } }] }` */
function toGlob(part: Tree): Glob | null {
  const halves = isObject(part) && Object.keys(part).length === 1 ? part.AND : undefined;
  if (!Array.isArray(halves) || halves.length !== 2) return null;
  const start = onlyCondition(halves[0], "startsWith");
  const end = onlyCondition(halves[1], "endsWith");
  if (!start || !end || start.column !== end.column) return null;
  return { column: start.column, start: start.leaf, end: end.leaf };
}

/** `{ column: { in } }` on one of the columns. */
function toTexts(part: Tree, columns: readonly string[]): { column: string; list: Leaf } | null {
  const texts = onlyCondition(part, "in");
  if (!texts || !columns.includes(texts.column) || texts.leaf.list === null) return null;
  return texts.leaf.kind === "string" || texts.leaf.kind === null ? { column: texts.column, list: texts.leaf } : null;
}

function onlyCondition(part: Tree | undefined, operator: string): { column: string; leaf: Leaf } | null {
  const [column, condition] = onlyMember(part) ?? [];
  const [name, leaf] = onlyMember(condition) ?? [];
  if (column === undefined || name !== operator || !(leaf instanceof Leaf)) return null;
  if (operator !== "in" && (leaf.kind !== "string" || leaf.list !== null)) return null;
  return { column, leaf };
}

function onlyMember(part: Tree | undefined): [string, Tree] | null {
  if (!isObject(part)) return null;
  const members = Object.entries(part satisfies TreeObject);
  return members.length === 1 ? (members[0] ?? null) : null;
}

/** What starts with `a` and ends with `a%b` is LIKE `a%b`, for an `a` that does not end in an escape. */
function patternOf(glob: Glob | null | undefined, values: readonly unknown[]): string {
  const start = String(glob && values[glob.start.index]);
  const end = String(glob && values[glob.end.index]);
  const [escapes = ""] = /\\*$/.exec(start) ?? [];
  if (!end.startsWith(`${start}%`) || escapes.length % 2 === 1) throw new NotCompiled();
  return end;
}
