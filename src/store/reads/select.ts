import type { Relation } from "./datamodel.js";
import { type Encoding, formOf } from "./decode.js";
import { isObject, type Tree, type TreeObject } from "./lift.js";
import { compilePage } from "./page.js";
import { RowText, type TextRequest } from "./row-text.js";
import { column, NotCompiled, type Source, type StatementBuilder } from "./statement-builder.js";
import { canWriteText, writeText } from "./write-text.js";

export type Row = Record<string, unknown>;
/** Sets one member of a row from the cells that the statement returned. Those of the row begin at `start`. */
type Fill = (row: Row, cells: readonly unknown[], start: number) => void;

/** What a statement selects of the rows of one source. */
export interface Selection {
  readonly cells: readonly string[];
  /** To-one relations, to be joined after the page was cut. */
  readonly joins: readonly string[];
  readonly read: (cells: readonly unknown[], start: number) => Row;
}

/** PostgreSQL's limit on the arguments of a function is 100. */
const CELLS_MAX = 90;

/** Writes a Prisma selection. `encoding`: whether the cells are columns of a row, or elements of a JSON array. */
export function compileSelection(
  builder: StatementBuilder,
  source: Source,
  args: TreeObject,
  encoding: Encoding,
): Selection {
  const writer = new SelectionWriter(builder, source, encoding);
  const fills = writer.write(args);
  if (writer.cells.length > CELLS_MAX) throw new NotCompiled();
  return { cells: writer.cells, joins: writer.joins, read: reader(fills) };
}

function reader(fills: readonly Fill[]): Selection["read"] {
  return (cells, start) => {
    const row: Row = {};
    for (const fill of fills) fill(row, cells, start);
    return row;
  };
}

class SelectionWriter {
  readonly cells: string[] = [];
  readonly joins: string[] = [];
  readonly #builder: StatementBuilder;
  readonly #source: Source;
  readonly #encoding: Encoding;

  constructor(builder: StatementBuilder, source: Source, encoding: Encoding) {
    this.#builder = builder;
    this.#source = source;
    this.#encoding = encoding;
  }

  write({ select, include }: TreeObject): Fill[] {
    const { columns } = this.#source.table;
    if (select !== undefined && include !== undefined) throw new NotCompiled();
    const all = select === undefined ? [...columns.keys()].map((name) => this.#writeColumn(name)) : [];
    return [...all, ...membersOf(select ?? include).flatMap(([name, value]) => this.#writeMember(name, value))];
  }

  #writeMember(name: string, value: Tree): Fill[] {
    if (value === false) return [];
    if (value !== true && !isObject(value)) throw new NotCompiled();
    const { columns, relations } = this.#source.table;
    if (columns.has(name) && value === true) return [this.#writeColumn(name)];
    const relation = relations.get(name);
    if (!relation) throw new NotCompiled();
    const args = value === true ? {} : value;
    return [relation.isList ? this.#writeList(name, relation, args) : this.#writeOne(name, relation, args)];
  }

  #writeColumn(name: string): Fill {
    const known = this.#source.table.columns.get(name);
    if (!known) throw new NotCompiled();
    const { select, decode } = formOf(known, this.#encoding);
    const at = this.cells.push(select(column(this.#source, name))) - 1;
    return (row, cells, start) => {
      const sent = cells[start + at];
      row[name] = sent === null ? null : decode(sent);
    };
  }

  #writeOne(name: string, relation: Relation, args: TreeObject): Fill {
    if (Object.keys(args).some((each) => each !== "select" && each !== "include")) throw new NotCompiled();
    const related = this.#builder.source(relation.table);
    const { cells, joins, read } = compileSelection(this.#builder, related, args, this.#encoding);
    const alias = this.#builder.alias();
    const named = [column(related, relation.otherColumn), ...cells].map((cell, index) => `${cell} AS c${index}`);
    this.joins.push(
      `LEFT JOIN LATERAL (SELECT ${named.join(", ")} FROM ${[this.#builder.from(related), ...joins].join(" ")} WHERE ${column(related, relation.otherColumn)} = ${column(this.#source, relation.ownColumn)} LIMIT 1) AS "${alias}" ON true`,
    );
    const at = this.cells.length;
    this.cells.push(...named.map((_, index) => `"${alias}".c${index}`));
    return (row, all, start) => {
      row[name] = all[start + at] === null ? null : read(all, start + at + 1);
    };
  }

  #writeList(name: string, relation: Relation, { text, ...args }: TreeObject): Fill {
    const { tables } = this.#builder;
    // it was put there by `TextRequest`, and is constant
    const request = text as unknown as TextRequest | undefined;
    if (request === undefined || !canWriteText(tables, tables.get(relation.table), request.parts)) {
      return this.#writeMany(name, relation, args);
    }
    return this.#writeTexts(name, relation, { args, request });
  }

  #writeTexts(name: string, relation: Relation, asked: { args: TreeObject; request: TextRequest }): Fill {
    const { select: _select, include: _include, ...args } = asked.args;
    const { reader, parts } = asked.request;
    const related = this.#builder.source(relation.table);
    const owner = `${column(related, relation.otherColumn)} = ${column(this.#source, relation.ownColumn)}`;
    const { sql, joins } = writeText(this.#builder, related, parts);
    const { from, order } = compilePage(this.#builder, related, args, { owner, joins });
    const at =
      this.cells.push(
        `(SELECT CASE WHEN count(*) = count(r.r) THEN '[' || coalesce(string_agg(r.r, ','), '') || ']' END FROM (SELECT ${sql} AS r FROM ${from} ${order}) AS r)`,
      ) - 1;
    return (row, cells, start) => {
      row[name] = new RowText(reader, cells[start + at] as string | null);
    };
  }

  #writeMany(name: string, relation: Relation, args: TreeObject): Fill {
    const related = this.#builder.source(relation.table);
    const owner = `${column(related, relation.otherColumn)} = ${column(this.#source, relation.ownColumn)}`;
    const selection = compileSelection(this.#builder, related, args, "json");
    const { from, order } = compilePage(this.#builder, related, args, { owner, joins: selection.joins });
    const array = `json_build_array(${selection.cells.join(", ")})`;
    const rows = order === "" ? from : `(SELECT ${array} AS r FROM ${from} ${order}) AS r`;
    const all = order === "" ? array : "r.r";
    const at = this.cells.push(`(SELECT coalesce(json_agg(${all}), '[]') FROM ${rows})`) - 1;
    const parse = this.#encoding === "row" ? (sent: unknown) => JSON.parse(String(sent)) : (sent: unknown) => sent;
    return (row, cells, start) => {
      row[name] = (parse(cells[start + at]) as unknown[][]).map((each) => selection.read(each, 0));
    };
  }
}

function membersOf(selected: Tree | undefined): [string, Tree][] {
  if (selected === undefined) return [];
  if (!isObject(selected)) throw new NotCompiled();
  return Object.entries(selected);
}
