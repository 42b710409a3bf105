/** A list of rows as the database wrote it: the text of a JSON array. */
export class RowText {
  /** The number of the reader that asked for the text: no other one may use it. */
  readonly #reader: number;
  /** Null: a value is missing where there must be one. */
  readonly #text: string | null;

  constructor(reader: number, text: string | null) {
    this.#reader = reader;
    this.#text = text;
  }

  /** The text of a value that is one, for the reader that asked for it. Undefined: the value is something else. */
  static textOf(value: unknown, reader: number): string | undefined {
    if (typeof value !== "object" || value === null || !(#text in value)) return undefined;
    if (value.#text === null || value.#reader !== reader) throw new Error("The text of these rows cannot be used.");
    return value.#text;
  }
}

/** Whoever looks at the text as at a list of rows must not take it for an empty one. */
const refuse = (): never => {
  throw new Error("These rows were read as text.");
};
Object.setPrototypeOf(RowText.prototype, new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse }));

/** How the database writes a row: constant text, columns, and rows that a relation leads to. */
export type TextPart =
  | string
  | { readonly column: string; readonly type: TextType; readonly isNullable: boolean }
  | { readonly relation: string; readonly isNullable: boolean; readonly parts: readonly TextPart[] };

/** The types of columns whose text PostgreSQL writes as JSON.stringify does. */
export type TextType = "String" | "Int" | "Boolean" | "Enum";

/** Stands beside `select` in the arguments of a relation to many rows: read as RowText. */
export interface TextRequest {
  readonly reader: number;
  readonly parts: readonly TextPart[];
}

/** The selections that Prisma understands, for those that ask for texts. */
const plain = new WeakMap<object, object>();

/** Remembers the same selection without requests for texts. */
export function rememberPlain(selection: object, withoutTexts: object): void {
  plain.set(selection, withoutTexts);
}

export function withoutTexts<Args extends Readonly<Record<string, unknown>>>(args: Args): Args {
  const { select } = args;
  const known = typeof select === "object" && select !== null ? plain.get(select) : undefined;
  return known ? { ...args, select: known } : args;
}
