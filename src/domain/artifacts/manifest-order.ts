/**
 * The order in which OpenSSF model signing lists the files of a model: name by name along the path, each by code points, so
 * that `a/b` comes before `a-b`.
 */
export function compareManifestPaths(a: string, b: string): number {
  const others = b.split("/");
  for (const [at, name] of a.split("/").entries()) {
    const other = others[at];
    if (other === undefined) return 1;
    if (name !== other) return compareCodePoints(name, other);
  }
  return a === b ? 0 : -1;
}

function compareCodePoints(a: string, b: string): number {
  const others = [...b];
  for (const [at, character] of [...a].entries()) {
    const other = others[at];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return a === b ? 0 : -1;
}
