import { asList, isObject, type Tree, type TreeObject } from "./lift.js";
import { column, NotCompiled, type Source, type StatementBuilder } from "./statement-builder.js";
import { compileWhere } from "./where.js";

const PAGE_ARGUMENTS = new Set(["select", "include", "where", "orderBy", "take"]);

/** Tables of which one owner has few rows. */
const FEW_OF_AN_OWNER = /^(?:Alias|Shelf|RunParam|\w+Tag)$/;

/** The rows that a page consists of, for the FROM of a selection. */
interface Page {
  readonly from: string;
  /** Keeps the order of the page after joins; empty where there is none to keep. */
  readonly order: string;
}

interface PageContext {
  /** The condition by which the rows belong to their owner; absent at the root. */
  readonly owner?: string;
  /** What the selection joins to the rows. */
  readonly joins: readonly string[];
  /** Whether one row is read, whichever comes first. */
  readonly isOne?: boolean;
}

/**
 * Writes which rows are read, in which order and how many. What is selected of relations is joined outside, so that it is
 * read for the rows of the page only.
 */
export function compilePage(
  builder: StatementBuilder,
  source: Source,
  args: TreeObject,
  { owner, joins, isOne = false }: PageContext,
): Page {
  if (Object.keys(args).some((name) => !PAGE_ARGUMENTS.has(name))) throw new NotCompiled();
  if (isFewOfAnOwner(source) && owner !== undefined) builder.few.add(source.alias);
  if (isOne && args.take !== undefined) throw new NotCompiled();
  const limit = isOne ? " LIMIT 1" : compileLimit(args.take);
  const { order, isOwn } = compileOrder(builder, source, args.orderBy ?? defaultOrder(source, args.take));
  const conditions = [...(owner === undefined ? [] : [owner]), ...compileWhere(builder, source, args.where, true)];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const rows = `${builder.from(source)}${where}`;
  const isPlain = joins.length === 0 && (owner === undefined || order === "");
  if (isPlain) return { from: `${rows}${order}${limit}`, order: "" };
  if (!isOwn || (order === "" && limit === "")) {
    return { from: `${builder.from(source)} ${joins.join(" ")}${where}`, order: `${order}${limit}` };
  }
  const page = `(SELECT "${source.alias}".* FROM ${rows}${order}${limit}) AS "${source.alias}"`;
  return { from: [page, ...joins].join(" "), order: joins.length === 0 ? "" : order };
}

export function isFewOfAnOwner({ table }: Source): boolean {
  return FEW_OF_AN_OWNER.test(table.name);
}

/** Prisma orders a page by the key if nothing else is asked for. */
function defaultOrder({ table }: Source, take: Tree | undefined): Tree {
  return take === undefined ? [] : table.primaryKey.map((name) => ({ [name]: "asc" }));
}

interface Order {
  readonly order: string;
  /** Whether all columns are of the source, not of rows that the order joins. */
  readonly isOwn: boolean;
}

function compileOrder(builder: StatementBuilder, source: Source, orderBy: Tree): Order {
  const terms = asList(orderBy).map((each) => compileTerm(builder, source, each));
  const [first] = terms;
  if (!first) return { order: "", isOwn: true };
  builder.orders.add(first.column);
  return {
    order: ` ORDER BY ${terms.map(({ sql }) => sql).join(", ")}`,
    isOwn: terms.every(({ column: name }) => name.startsWith(`${source.alias}.`)),
  };
}

interface OrderTerm {
  readonly sql: string;
  /** As `alias.column`. */
  readonly column: string;
}

function compileTerm(builder: StatementBuilder, source: Source, term: Tree): OrderTerm {
  const [[name, direction] = ["", null], ...more] = isObject(term) ? Object.entries(term) : [];
  const relation = source.table.relations.get(name);
  if (more.length > 0 || (relation && !isObject(direction))) throw new NotCompiled();
  if (relation && !relation.isList) return compileTerm(builder, builder.join(source, relation), direction);
  if (!source.table.columns.has(name)) throw new NotCompiled();
  return { sql: `${column(source, name)} ${directionOf(direction)}`, column: `${source.alias}.${name}` };
}

function directionOf(direction: Tree): string {
  if (direction === "asc") return "ASC";
  if (direction === "desc") return "DESC";
  if (!isObject(direction)) throw new NotCompiled();
  const { sort = null, nulls, ...others } = direction;
  if (Object.keys(others).length > 0 || isObject(sort)) throw new NotCompiled();
  if (nulls === undefined) return directionOf(sort);
  if (nulls !== "first" && nulls !== "last") throw new NotCompiled();
  return `${directionOf(sort)} NULLS ${nulls === "first" ? "FIRST" : "LAST"}`;
}

/** A constant: PostgreSQL plans a statement with it for as many rows. */
function compileLimit(take: Tree | undefined): string {
  if (take === undefined) return "";
  if (typeof take !== "number" || !Number.isInteger(take) || take < 1) throw new NotCompiled();
  return ` LIMIT ${take}`;
}
