import { createHash } from "node:crypto";
import { InvalidInputError } from "../../domain/errors.js";
import { canonicalJson, type JsonValue } from "../../domain/values/json.js";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../domain/values/page-size.js";
import { isStorable } from "../../domain/values/text.js";
import { once } from "../../util/once.js";
import { requireWithin } from "./bounds.js";
import { UUID } from "./ids.js";

/** Orders by a column, and equal rows by their id. */
export function byColumn(name: string, kind: ColumnKind, id: "id" | "text" = "id"): ListOrder["columns"] {
  return [
    { name, kind },
    { name: "id", kind: id },
  ];
}

/** The order of a history: by the revision of the event, newest first. */
export const NEWEST_REVISION_FIRST: ListOrder = {
  columns: [{ name: "revision", kind: "bigint" }],
  direction: "desc",
};

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

type ColumnKind = "text" | "number" | "bigint" | "date" | "id";
type ColumnValue = string | number | bigint | Date;

/** The columns that a list is ordered by, all in one direction. The last column is unique. */
export interface ListOrder {
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
  readonly direction: "asc" | "desc";
}

/** How to build a page from the rows that were read. */
export interface PageCut<Row> {
  readonly size: number;
  /** Whether the rows were read from the end of the list. */
  readonly backward: boolean;
  /** Whether the page continues from a cursor, so that there are rows before its first one. */
  readonly continued: boolean;
  readonly cursorOf: (row: Row) => string;
}

export interface Page extends PageCut<object> {
  /** Conditions on the order's columns that skip to the page. There is no offset, so inserted and deleted rows do not shift it. */
  readonly where: { readonly AND?: Record<string, unknown>[] };
  readonly orderBy: Record<string, "asc" | "desc">[];
  /** One row more than the page, to know whether there is a next page. */
  readonly take: number;
  readonly columns: ListOrder["columns"];
}

/** 9999-12-31T23:59:59.999Z */
const LAST_MILLISECOND = 253_402_300_799_999;

/**
 * Plans the page of Relay's arguments. `list` has the name and the filter of the list: a cursor belongs to one list,
 * filter and order, and is refused for another.
 */
export function planPage(args: PageArgs, order: ListOrder, list: { name: string; where: unknown }): Page {
  const { backward, size } = parsePageSize(args);
  // most pages have no cursor, and most documents select none
  const fingerprint = once(() =>
    fingerprintOf({ ...list, order: order.direction, by: order.columns.map(({ name }) => name) }),
  );
  const bounds = (["after", "before"] as const).flatMap((field) => {
    const cursor = args[field];
    if (typeof cursor !== "string") return [];
    const values = decodeCursor(field, cursor, { columns: order.columns, fingerprint: fingerprint() });
    return [keysetCondition(order.columns, values, (field === "after") === (order.direction === "asc") ? "gt" : "lt")];
  });
  const direction = (order.direction === "asc") === backward ? "desc" : "asc";
  return {
    where: bounds.length > 0 ? { AND: bounds } : {},
    orderBy: order.columns.map(({ name }) => ({ [name]: direction })),
    take: size + 1,
    size,
    backward,
    continued: typeof (backward ? args.before : args.after) === "string",
    columns: order.columns,
    cursorOf: (row) => encodeCursor(order.columns, fingerprint(), row),
  };
}

/** A page of a history in the order of its revisions, for a statement that is written by hand. */
export interface RevisionPage extends PageCut<object> {
  /** The revisions that the page is between, both exclusive; null = no bound. */
  readonly after: bigint | null;
  readonly before: bigint | null;
  readonly newestFirst: boolean;
  /** One row more than the page. */
  readonly limit: number;
}

const BY_REVISION: ListOrder["columns"] = [{ name: "revision", kind: "bigint" }];

/** Plans such a page of a list that goes in a direction, with cursors as those of `planPage`. */
export function planRevisions(
  args: PageArgs,
  direction: ListOrder["direction"],
  list: { name: string; where: unknown },
): RevisionPage {
  const { backward, size } = parsePageSize(args);
  const isNewestFirst = direction === "desc";
  const fingerprint = once(() => fingerprintOf({ ...list, order: direction, by: BY_REVISION.map(({ name }) => name) }));
  const bound = (field: "after" | "before") => {
    const cursor = args[field];
    if (typeof cursor !== "string") return null;
    const [revision] = decodeCursor(field, cursor, { columns: BY_REVISION, fingerprint: fingerprint() });
    return typeof revision === "bigint" ? revision : null;
  };
  const [after, before] = [bound("after"), bound("before")];
  return {
    ...(isNewestFirst ? { after: before, before: after } : { after, before }),
    newestFirst: backward !== isNewestFirst,
    limit: size + 1,
    size,
    backward,
    continued: (backward ? before : after) !== null,
    cursorOf: (row) => encodeCursor(BY_REVISION, fingerprint(), row),
  };
}

/** The size of a page, and from which end of the list it is read. */
export function parsePageSize({ first, last }: PageArgs): { backward: boolean; size: number } {
  if (typeof first === "number" && typeof last === "number") {
    throw new InvalidInputError("last", "Give first or last, not both.");
  }
  const backward = typeof last === "number";
  const size = (backward ? last : first) ?? DEFAULT_PAGE_SIZE;
  return { backward, size: requireWithin(backward ? "last" : "first", size, [0, MAX_PAGE_SIZE]) };
}

/** `a >= k AND (a > k OR b > x)`: the first half is a range that an index can start from. */
function keysetCondition(
  columns: ListOrder["columns"],
  values: ColumnValue[],
  side: "gt" | "lt",
): Record<string, unknown> {
  const [column, ...rest] = columns;
  const [value, ...others] = values;
  if (!column) return {};
  if (rest.length === 0) return { [column.name]: { [side]: value } };
  return {
    AND: [
      { [column.name]: { [`${side}e`]: value } },
      { OR: [{ [column.name]: { [side]: value } }, keysetCondition(rest, others, side)] },
    ],
  };
}

function encodeCursor(columns: ListOrder["columns"], fingerprint: string, row: object): string {
  const cells = new Map<string, unknown>(Object.entries(row));
  const values = columns.map(({ name }) => {
    const value = cells.get(name);
    return value instanceof Date ? value.getTime() : typeof value === "bigint" ? value.toString() : value;
  });
  return Buffer.from(JSON.stringify([fingerprint, ...values])).toString("base64url");
}

function decodeCursor(
  field: string,
  cursor: string,
  { columns, fingerprint }: { columns: ListOrder["columns"]; fingerprint: string },
): ColumnValue[] {
  const refusal = new InvalidInputError(
    field,
    `${field} is not a cursor of this list with this filter and order. Use a cursor of the same list.`,
  );
  const [owner, ...values] = parseArray(Buffer.from(cursor, "base64url").toString());
  if (owner !== fingerprint || values.length !== columns.length) throw refusal;
  return columns.map(({ kind }, index) => {
    const value = parseColumn(kind, values[index]);
    if (value === null) throw refusal;
    return value;
  });
}

function parseColumn(kind: ColumnKind, value: unknown): ColumnValue | null {
  if (kind === "number") return isWholeUpTo(value, 2 ** 31 - 1) ? value : null;
  if (kind === "date") return isWholeUpTo(value, LAST_MILLISECOND) ? new Date(value) : null;
  if (typeof value !== "string") return null;
  if (kind === "bigint") return isInt64(value) ? BigInt(value) : null;
  if (kind === "id") return UUID.test(value) ? value : null;
  // an escaped U+0000 inside the cursor has passed the checks of the request's text
  return isStorable(value) ? value : null;
}

function isInt64(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function isWholeUpTo(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function parseArray(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function fingerprintOf(list: unknown): string {
  const plain = JSON.parse(JSON.stringify(list)) as JsonValue;
  return createHash("sha256").update(canonicalJson(plain)).digest("base64url").slice(0, 12);
}
