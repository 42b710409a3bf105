import type { Table } from "./datamodel.js";
import { isObject, liftValues, type TreeObject } from "./lift.js";
import { compilePage } from "./page.js";
import { isReusable } from "./reusable.js";
import { compileSelection, type Row } from "./select.js";
import { NotCompiled, type Parameter, StatementBuilder } from "./statement-builder.js";

export type ReadMethod = "findMany" | "findFirst" | "findUnique";

/** A read as one statement, for all values that its conditions may have. */
export interface ReadStatement {
  readonly text: string;
  /** Whether one plan serves the statement, whatever its values are. */
  readonly isPlanReusable: boolean;
  readonly parameters: readonly Parameter[];
  readonly read: (cells: readonly unknown[]) => Row;
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
  const read = { table, isOne: method !== "findMany", tree: method === "findUnique" ? withKey(table, lifted) : lifted };
  const joined = write(schema, read, true);
  return joined.isPlanReusable ? joined : write(schema, read, false);
}

interface Lifted {
  readonly table: Table;
  readonly tree: TreeObject;
  readonly isOne: boolean;
}

function write({ name, tables }: Schema, { table, tree, isOne }: Lifted, joinsGlobs: boolean): ReadStatement {
  const builder = new StatementBuilder(tables, { schema: name, joinsGlobs });
  const source = builder.source(table.name);
  const { cells, joins, read } = compileSelection(builder, source, tree, "row");
  if (cells.length === 0) throw new NotCompiled();
  const { from, order } = compilePage(builder, source, tree, { joins, isOne });
  return {
    text: `SELECT ${cells.join(", ")} FROM ${from}${order}`,
    isPlanReusable: isReusable(builder, source),
    parameters: builder.parameters,
    read,
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
