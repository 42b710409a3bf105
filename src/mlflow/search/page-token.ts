import { createHash } from "node:crypto";
import { InvalidInputError } from "../../domain/errors.js";
import { isStorable } from "../../domain/values/text.js";
import type { KeyColumn, KeyValue } from "../../store/across/keyset.js";

/** What a token belongs to: a list with a filter and an order. */
export interface PagedSearch {
  readonly list: string;
  readonly filter: string;
  readonly order: readonly { readonly by: string; readonly direction: string; readonly kind?: KeyColumn["kind"] }[];
}

const KINDS: Readonly<Record<string, KeyColumn["kind"]>> = { number: "number", createdAt: "time", updatedAt: "time" };
const MAX_INT = 2 ** 31 - 1;
/** 9999-12-31T23:59:59.999Z, which is more than a number of a version too. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** A token holds the values of the last row in the columns of the order: rows that come and go shift no page. */
export function encodePageToken(search: PagedSearch, key: readonly KeyValue[]): string {
  return Buffer.from(JSON.stringify([fingerprintOf(search), ...key])).toString("base64url");
}

/** The values of the last row of the page before; null: the first page. Throws INVALID_INPUT for a token of another search. */
export function decodePageToken(search: PagedSearch, token: string | undefined): KeyValue[] | null {
  if (token === undefined || token === "") return null;
  const [owner, ...key] = parseList(Buffer.from(token, "base64url").toString());
  const isOurs = owner === fingerprintOf(search) && key.length === search.order.length;
  if (isOurs && key.every((value, index) => isValue(kindOf(search.order[index]), value))) return key as KeyValue[];
  throw new InvalidInputError("page_token", "Invalid page token: it is not of a search with this filter and order.");
}

function kindOf(term: PagedSearch["order"][number] | undefined): KeyColumn["kind"] {
  return term?.kind ?? KINDS[term?.by ?? ""] ?? "text";
}

function isValue(kind: KeyColumn["kind"], value: unknown): boolean {
  if (kind === "text") return typeof value === "string" && isStorable(value);
  if (kind === "bigint") return typeof value === "string" && isInt64(value);
  const max = kind === "number" ? MAX_INT : LAST_MILLISECOND;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

function isInt64(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function parseList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function fingerprintOf(search: PagedSearch): string {
  return createHash("sha256").update(JSON.stringify(search)).digest("base64url").slice(0, 12);
}
