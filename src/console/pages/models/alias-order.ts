/** What serves comes before what may serve next. */
const FIRST: readonly string[] = [
  "champion",
  "production",
  "prod",
  "live",
  "stable",
  "challenger",
  "candidate",
  "staging",
];

/** The usual names in the order in which they matter, then the others by name. */
export function orderAliases<Alias extends { readonly name: string }>(aliases: readonly Alias[]): Alias[] {
  return [...aliases].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

function rankOf({ name }: { readonly name: string }): number {
  const place = FIRST.indexOf(name.toLowerCase());
  return place === -1 ? FIRST.length : place;
}
