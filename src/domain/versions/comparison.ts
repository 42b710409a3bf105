/** One row of a comparison: the value of each column under the same key, null where a column has none. */
export interface ComparedRow<Value> {
  readonly key: string;
  readonly values: readonly (Value | null)[];
  readonly differs: boolean;
}

/** Puts columns side by side by their keys. Rows that differ come first, then rows are in the order of their keys. */
export function alignColumns<Value>(
  columns: readonly ReadonlyMap<string, Value>[],
  isSame: (a: Value, b: Value) => boolean,
): ComparedRow<Value>[] {
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = keys.map((key) => {
    const values = columns.map((column) => column.get(key) ?? null);
    return { key, values, differs: !allSame(values, isSame) };
  });
  return rows.sort((a, b) => Number(b.differs) - Number(a.differs) || (a.key < b.key ? -1 : 1));
}

function allSame<Value>(values: readonly (Value | null)[], isSame: (a: Value, b: Value) => boolean): boolean {
  const [first = null, ...rest] = values;
  return rest.every((value) => (value === null || first === null ? value === first : isSame(first, value)));
}
