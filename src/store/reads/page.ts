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
  const order = compileOrder(builder, source, args.orderBy);
  const limit = isOne && args.take === undefined ? " LIMIT 1" : compileLimit(args.take, isOne ? "" : order);
  const conditions = [...(owner === undefined ? [] : [owner]), ...compileWhere(builder, source, args.where, true)];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const rows = `${builder.from(source)}${where}`;
  const isPlain = joins.length === 0 && (owner === undefined || order === "");
  if (isPlain) return { from: `${rows}${order}${limit}`, order: "" };
  if (order === "" && limit === "") return { from: `${builder.from(source)} ${joins.join(" ")}${where}`, order: "" };
  const page = `(SELECT "${source.alias}".* FROM ${rows}${order}${limit}) AS "${source.alias}"`;
  return { from: [page, ...joins].join(" "), order: joins.length === 0 ? "" : order };
}

export function isFewOfAnOwner({ table }: Source): boolean {
  return FEW_OF_AN_OWNER.test(table.name);
}

function compileOrder(builder: StatementBuilder, source: Source, orderBy: Tree | undefined): string {
  if (orderBy === undefined) return "";
  const terms = asList(orderBy).map((each) => {
    const [[name, direction] = ["", null], ...more] = isObject(each) ? Object.entries(each) : [];
    if (more.length > 0 || !source.table.columns.has(name)) throw new NotCompiled();
    if (direction !== "asc" && direction !== "desc") throw new NotCompiled();
    return { name, direction };
  });
  const [first] = terms;
  if (!first) return "";
  builder.orders.add(`${source.alias}.${first.name}`);
  return ` ORDER BY ${terms.map(({ name, direction }) => `${column(source, name)} ${direction.toUpperCase()}`).join(", ")}`;
}

/** A constant: PostgreSQL plans a statement with it for as many rows. Prisma orders by the key where there is no order. */
function compileLimit(take: Tree | undefined, order: string): string {
  if (take === undefined) return "";
  if (typeof take !== "number" || !Number.isInteger(take) || take < 1 || order === "") throw new NotCompiled();
  return ` LIMIT ${take}`;
}
