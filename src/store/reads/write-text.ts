import type { Relation, Table } from "./datamodel.js";
import type { TextPart, TextType } from "./row-text.js";
import { column, type Source, type StatementBuilder } from "./statement-builder.js";

/** How PostgreSQL writes a value as JSON.stringify does. Texts hold neither NUL nor half a surrogate pair. */
const WRITE: Record<TextType, (sql: string) => string> = {
  String: (sql) => `to_json(${sql})::text`,
  Int: (sql) => `${sql}::text`,
  Boolean: (sql) => `${sql}::text`,
  Enum: (sql) => `'"' || ${sql}::text || '"'`,
};

/** Whether the table has what the parts name, in the types that they expect. */
export function canWriteText(
  tables: ReadonlyMap<string, Table>,
  table: Table | undefined,
  parts: readonly TextPart[],
): boolean {
  return parts.every((part) => {
    if (typeof part === "string") return true;
    if ("column" in part) {
      const known = table?.columns.get(part.column);
      return known !== undefined && !known.isList && known.type === part.type;
    }
    const relation = table?.relations.get(part.relation);
    return relation !== undefined && !relation.isList && canWriteText(tables, tables.get(relation.table), part.parts);
  });
}

interface WrittenText {
  /** Null where a value is missing that must be there. */
  readonly sql: string;
  readonly joins: readonly string[];
}

/** Writes a row as a JSON object. */
export function writeText(builder: StatementBuilder, source: Source, parts: readonly TextPart[]): WrittenText {
  const joins: string[] = [];
  const pieces = parts.map((part) => {
    if (typeof part === "string") return `'${part.replaceAll("'", "''")}'`;
    if ("column" in part) {
      const sql = WRITE[part.type](column(source, part.column));
      return part.isNullable ? `coalesce(${sql}, 'null')` : sql;
    }
    const relation = source.table.relations.get(part.relation) as Relation;
    const related = builder.source(relation.table);
    const inner = writeText(builder, related, part.parts);
    const alias = builder.alias();
    const key = column(related, relation.otherColumn);
    joins.push(
      `LEFT JOIN LATERAL (SELECT ${key} AS c0, ${inner.sql} AS c1 FROM ${[builder.from(related), ...inner.joins].join(" ")} WHERE ${key} = ${column(source, relation.ownColumn)} LIMIT 1) AS "${alias}" ON true`,
    );
    return part.isNullable ? `CASE WHEN "${alias}".c0 IS NULL THEN 'null' ELSE "${alias}".c1 END` : `"${alias}".c1`;
  });
  return { sql: pieces.join(" || "), joins };
}
