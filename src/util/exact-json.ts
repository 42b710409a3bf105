/** By the object or list that holds them: the numbers that are not what the text said, as the text said them. */
const inexact = new WeakMap<object, Map<string, string>>();

/**
 * Parses JSON like `JSON.parse`, and remembers each number that would not come back as it was written: see `isInexact`.
 * `inexactNumberOf` finds them again. A text without long or large numbers is parsed at the cost of `JSON.parse`: only the
 * reviver of Node 21 and later sees the text of a number.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (SUSPICIOUS.test(text)) rememberInexact(text, value);
  return value;
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

/** Remembers that a value of the holder was written as this number, if it would not come back so. */
export function rememberNumber(holder: object, key: string, text: string): void {
  if (!isInexact(text)) return;
  const known = inexact.get(holder) ?? new Map<string, string>();
  inexact.set(holder, known.set(key, text));
}

/** Whether a text that is not JSON has a NaN or an Infinity without quotes, as Python's `json` writes them. */
export function hasBareNotANumber(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at) - 1;
    else if (text.startsWith("NaN", at) || text.startsWith("Infinity", at)) return true;
  }
  return false;
}

/** Long integers, exponents of three digits, and very long numbers; also in texts, where they mean nothing. */
const SUSPICIOUS = /(?<![\d.])\d{16,}(?![\d.eE])|\d[eE][+-]?\d{3}|(?<!\d)\d{300}/;

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
 * Parses the text once more with a text in the place of each inexact number, and walks both values. Does nothing if there
 * is no such number, which is most common: digits within texts look suspicious, too.
 */
function rememberInexact(text: string, value: unknown): void {
  const found: string[] = [];
  let marked = "";
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const number = text[at] === '"' ? null : numberAt(text, at);
    if (number !== null && isInexact(number)) {
      marked += `${text.slice(copied, at)}"${MARK}${found.length}"`;
      found.push(number);
      copied = at + number.length;
    }
    if (text[at] === '"') at = endOfString(text, at);
    else at += number?.length ?? 1;
  }
  if (found.length > 0) walk(value, JSON.parse(marked + text.slice(copied)), found);
}

/** Begins the text that stands for a number. The other value has a number there, so a text of a client cannot pass for it. */
const MARK = "inexact number ";

function walk(value: unknown, marked: unknown, found: readonly string[]): void {
  const open: [unknown, unknown][] = [[value, marked]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [holder, other] = next as [Record<string, unknown>, Record<string, unknown>];
    if (typeof holder !== "object" || holder === null) continue;
    for (const [key, member] of Object.entries(holder)) {
      const mark = other[key];
      if (typeof member === "number" && typeof mark === "string")
        rememberNumber(holder, key, found[Number(mark.slice(MARK.length))] ?? "");
      else open.push([member, mark]);
    }
  }
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function numberAt(text: string, at: number): string | null {
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? null;
}

/** The position after the string that begins here. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
