import type { Table } from "./datamodel.js";
import { isObject, liftValues, type TreeObject } from "./lift.js";
import { compilePage } from "./page.js";
import { isReusable } from "./reusable.js";
import { compileSelection } from "./select.js";
import { NotCompiled, type Parameter, type Source, StatementBuilder } from "./statement-builder.js";

export type ReadMethod = "findMany" | "findFirst" | "findUnique" | "findUniqueOrThrow" | "count";

/** A read as one statement, for all values that its conditions may have. */
export interface ReadStatement {
  readonly text: string;
  /** Whether one plan serves the statement, whatever its values are. */
  readonly isPlanReusable: boolean;
  readonly parameters: readonly Parameter[];
  /** What the read returns for the rows of the statement. */
  readonly answer: (rows: readonly (readonly unknown[])[]) => unknown;
}

export interface ReadOf {
  readonly table: Table;
  readonly method: ReadMethod;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Schema {
  readonly name: string;
  readonly tables: ReadonlyMap<string, Table>;
}

/** Writes the statement of a read. Throws NotCompiled. */
export function compileRead(schema: Schema, { table, method, args }: ReadOf): ReadStatement {
  const lifted = liftValues(args);
  const tree = method === "findUnique" || method === "findUniqueOrThrow" ? withKey(table, lifted) : lifted;
  const joined = write(schema, { table, method, tree }, true);
  return joined.isPlanReusable ? joined : write(schema, { table, method, tree }, false);
}

interface Lifted {
  readonly table: Table;
  readonly method: ReadMethod;
  readonly tree: TreeObject;
}

function write({ name, tables }: Schema, { table, method, tree }: Lifted, joinsGlobs: boolean): ReadStatement {
  const builder = new StatementBuilder(tables, { schema: name, joinsGlobs });
  const source = builder.source(table.name);
  const { text, answer } =
    method === "count" ? writeCount(builder, source, tree) : writeRows(builder, source, { method, tree });
  return { text, answer, isPlanReusable: isReusable(builder, source), parameters: builder.parameters };
}

type Written = Pick<ReadStatement, "text" | "answer">;

function writeCount(builder: StatementBuilder, source: Source, tree: TreeObject): Written {
  if (Object.keys(tree).some((name) => name !== "where")) throw new NotCompiled();
  const { from } = compilePage(builder, source, tree, { joins: [] });
  return { text: `SELECT count(*) FROM ${from}`, answer: ([row]) => Number(row?.[0]) };
}

function writeRows(builder: StatementBuilder, source: Source, { method, tree }: Omit<Lifted, "table">): Written {
  const { cells, joins, read } = compileSelection(builder, source, tree, "row");
  if (cells.length === 0) throw new NotCompiled();
  const isOne = method !== "findMany";
  const { from, order } = compilePage(builder, source, tree, { joins, isOne });
  return {
    text: `SELECT ${cells.join(", ")} FROM ${from}${order}`,
    answer: isOne ? ([row]) => (row ? read(row, 0) : null) : (rows) => rows.map((row) => read(row, 0)),
  };
}

/** The arguments with the columns of a key that has several, which `findUnique` names together. */
function withKey({ keys }: Table, tree: TreeObject): TreeObject {
  const { where } = tree;
  if (!isObject(where)) throw new NotCompiled();
  const parts = Object.entries(where).map(([name, value]): TreeObject => {
    const isOfSeveral = (keys.get(name)?.length ?? 0) > 1;
    return isOfSeveral && isObject(value) ? value : { [name]: value };
  });
  return { ...tree, where: { AND: parts } };
}
