/** The keys that several rows have, those of most rows first. */
export function commonKeys(rows: readonly (readonly { readonly key: string }[])[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const key of new Set(row.map((each) => each.key))) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([key]) => key);
}
