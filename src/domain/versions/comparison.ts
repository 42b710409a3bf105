/** One row of a comparison: what each column holds under the same key, null where it holds nothing. */
export interface ComparedRow<Value> {
  readonly key: string;
  readonly values: readonly (Value | null)[];
  readonly differs: boolean;
}

/** Lays columns side by side by their keys: the rows that differ first, then by key. */
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
