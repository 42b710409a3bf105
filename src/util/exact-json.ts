import { randomBytes } from "node:crypto";

/** By the object or list that holds them: the numbers that are not what the text said, as the text said them. */
const inexact = new WeakMap<object, Map<string, string>>();

/**
 * Parses JSON like `JSON.parse`, and remembers each number that would not come back as it was written: see `isInexact`.
 * `inexactNumberOf` finds them again. A text without long or large numbers is parsed at the cost of `JSON.parse`: only the
 * reviver of Node 21 and later sees the text of a number. Throws a RangeError if there are more than ten thousand.
 */
export function parseJson(text: string): unknown {
  return SUSPICIOUS.test(text) ? parseExactly(text) : JSON.parse(text);
}

/** Returns the text of a number that `parseJson` or `rememberNumber` found inexact; undefined for every other value. */
export function inexactNumberOf(holder: object, key: string): string | undefined {
  return inexact.get(holder)?.get(key);
}

/** The path, such as `inputs[3].id`, and the text of the first inexact number within a value that `parseJson` returned. */
export function findInexact(value: unknown, path = ""): { readonly path: string; readonly text: string } | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const text = inexactNumberOf(value, key);
    const found = text === undefined ? findInexact(member, inner) : { path: inner, text };
    if (found) return found;
  }
  return null;
}

/** Remembers that the client's number is not known any more, as it came through a variable of another type. */
export function rememberLostNumber(holder: object, key: string, value: number): void {
  if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return;
  remember(holder, key, String(value));
}

/** Remembers that a value of the holder was written as this number, if it would not come back so. */
export function rememberNumber(holder: object, key: string, text: string): void {
  if (isInexact(text)) remember(holder, key, text);
}

function remember(holder: object, key: string, text: string): void {
  inexact.set(holder, (inexact.get(holder) ?? new Map<string, string>()).set(key, text));
}

/** Whether a text that is not JSON has a NaN or an Infinity without quotes, as Python's `json` writes them. */
export function hasBareNotANumber(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at) - 1;
    else if (text.startsWith("NaN", at) || text.startsWith("Infinity", at)) return true;
  }
  return false;
}

/**
 * Long integers, exponents of three digits, and mantissas that overflow or underflow with fewer; also in texts, where they
 * mean nothing.
 */
const SUSPICIOUS = /(?<![\d.])\d{16}|\d[eE][+-]?\d{3}|(?<!\d)\d{200}/;

const INTEGER = /^-?\d+$/;

/**
 * Whether a number does not come back as it was written, once it is a double: an integer, written without fraction and
 * exponent, of which other digits come back; a number that overflows to infinity, or underflows to zero. Fractions become
 * the nearest double (RFC 8259 §6). It is not enough that an integer is exactly a double: 2^60 would come back as
 * 1152921504606847000, because ECMAScript, and RFC 8785 with it, write the shortest digits that mean the same double.
 */
function isInexact(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value)) return true;
  if (value === 0) return /[1-9]/.test(text.split(/[eE]/, 1)[0] ?? "");
  return INTEGER.test(text) && BigInt(text) !== integerOf(String(value));
}

/** The integer that a number's text means, which may have an exponent from 1e+21 on. */
function integerOf(printed: string): bigint {
  const [mantissa = "", exponent = "0"] = printed.split("e+");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}

/**
 * Parses the text with a mark in the place of each inexact number, and puts the numbers back. Takes about twice the time of
 * `JSON.parse`, so that a short, compressed body cannot block others.
 */
function parseExactly(text: string): unknown {
  const found: string[] = [];
  let mark = "";
  let marked = "";
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const number = numberAt(text, at);
      if (isInexact(number) && !isKey(text, at + number.length)) {
        if (found.length === MAX_INEXACT) throw new RangeError(TOO_MANY);
        mark ||= unusedMark(text);
        marked += `${text.slice(copied, at)}"${mark}${found.length}"`;
        found.push(number);
        copied = at + number.length;
      }
      at += number.length || 1;
    } else at++;
  }
  if (found.length === 0) return JSON.parse(text);
  const holder = { value: JSON.parse(marked + text.slice(copied)) as unknown };
  restore(holder, mark, found);
  return holder.value;
}

/** So that a short, compressed body of nothing else does not block others for seconds. */
const MAX_INEXACT = 10_000;
const TOO_MANY = `The JSON has more than ${MAX_INEXACT} numbers that would come back changed. Send them as text.`;

const QUOTE = 34;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = /[ \t\r\n]*:/y;

/** The number of JSON (RFC 8259 §6) that begins here; "" if none does. By hand: a regular expression has a stack to exhaust. */
function numberAt(text: string, start: number): string {
  const whole = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let end = text.charCodeAt(whole) === ZERO ? whole + 1 : afterDigits(text, whole);
  if (end === whole) return "";
  if (text[end] === ".") end = afterDigits(text, end + 1, end);
  if (/[eE]/.test(text[end] ?? "")) end = afterDigits(text, end + (/[+-]/.test(text[end + 1] ?? "") ? 2 : 1), end);
  return text.slice(start, end);
}

/** The position after the digits that begin at `start`; `none` if none do. */
function afterDigits(text: string, start: number, none = start): number {
  let at = start;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at++;
  return at === start ? none : at;
}

/** A number before a colon is not JSON, and must not become a key by the mark in its place. */
function isKey(text: string, end: number): boolean {
  COLON.lastIndex = end;
  return COLON.test(text);
}

/** The text that a mark begins with. No text of the client has it, nor knows it. Short, as a body may have a million. */
function unusedMark(text: string): string {
  let mark = "#";
  while (text.includes(mark)) mark = `#${randomBytes(mark.length).toString("hex")}`;
  return mark;
}

type Holder = Record<string, unknown>;

function restore(root: object, mark: string, found: readonly string[]): void {
  const open: object[] = [root];
  for (let holder = open.pop() as Holder | undefined; holder; holder = open.pop() as Holder | undefined) {
    for (const key of Object.keys(holder)) {
      const member = holder[key];
      if (typeof member === "object" && member !== null) open.push(member);
      if (typeof member !== "string" || !member.startsWith(mark)) continue;
      const number = found[Number(member.slice(mark.length))] ?? "";
      holder[key] = Number(number);
      remember(holder, key, number);
    }
  }
}

/** The position after the string that begins here. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
}
