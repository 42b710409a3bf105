import type { Relation, Table } from "./datamodel.js";

/** Arguments that have no statement here, so that Prisma runs them. */
export class NotCompiled extends Error {}

/** Makes a parameter of a statement from the values of a request. Throws NotCompiled for a value that Prisma must judge. */
export type Parameter = (values: readonly unknown[]) => unknown;

export type Operator = "=" | "<>" | "IN" | "NOT IN" | "<" | "<=" | ">" | ">=" | "LIKE" | "ILIKE";

/** A column that is compared with a parameter. */
export interface Comparison {
  readonly alias: string;
  readonly column: string;
  readonly operator: Operator;
  /** Whether no row is read for which it does not hold. */
  readonly isRequired: boolean;
}

/** The rows of one table in a statement, with the rows that their conditions join. */
export interface Source {
  readonly table: Table;
  readonly alias: string;
  readonly joins: string[];
}

/** A to-one join of a condition: `alias` has one row for each of `by`. */
export interface Join {
  readonly alias: string;
  readonly by: string;
}

/** What a statement consists of, while it is written. */
export class StatementBuilder {
  readonly parameters: Parameter[] = [];
  readonly comparisons: Comparison[] = [];
  readonly joins: Join[] = [];
  /** Aliases of tables with few rows for each owner, where the owner is given. */
  readonly few = new Set<string>();
  /** The column that a source is ordered by first, as `alias.column`. */
  readonly orders = new Set<string>();
  /** Whether the globs of a condition are one parameter. A range on an index needs each as one of its own. */
  readonly joinsGlobs: boolean;
  readonly tables: ReadonlyMap<string, Table>;
  readonly #schema: string;
  #aliases = 0;

  constructor(tables: ReadonlyMap<string, Table>, options: { schema: string; joinsGlobs: boolean }) {
    this.tables = tables;
    this.#schema = options.schema;
    this.joinsGlobs = options.joinsGlobs;
  }

  source(name: string): Source {
    const table = this.tables.get(name);
    if (!table) throw new NotCompiled();
    return { table, alias: this.alias(), joins: [] };
  }

  alias(): string {
    return `t${this.#aliases++}`;
  }

  from({ table, alias, joins }: Source): string {
    return [`"${this.#schema}"."${table.name}" AS "${alias}"`, ...joins].join(" ");
  }

  /** Joins the row that a relation leads to, for a condition on it. */
  join(source: Source, { table, ownColumn, otherColumn, isOwner }: Relation): Source {
    const joined = { ...this.source(table), joins: source.joins };
    source.joins.push(
      `LEFT JOIN "${this.#schema}"."${table}" AS "${joined.alias}" ON ${column(joined, otherColumn)} = ${column(source, ownColumn)}`,
    );
    if (isOwner) this.joins.push({ alias: joined.alias, by: source.alias });
    return joined;
  }

  parameter(parameter: Parameter): string {
    return `$${this.parameters.push(parameter)}`;
  }
}

export function column({ alias }: Pick<Source, "alias">, name: string): string {
  return `"${alias}"."${name}"`;
}
