const MAX_NAMES = 100;
const MAX_CHARACTERS = 100;

/**
 * Makes labels of names that clients choose. Each label costs memory here and in the collector for as long as the process
 * lives, so only the first names get one, and the rest share the label `other`.
 */
export class BoundedNames {
  private readonly known = new Set<string>();
  private readonly max: number;

  constructor(max = MAX_NAMES) {
    this.max = max;
  }

  /** A new name gets a label only if it comes from a trusted source. */
  labelOf(name: string | null | undefined, isTrusted: boolean): string {
    if (!name) return "anonymous";
    if (this.known.has(name)) return name;
    if (!isTrusted || this.known.size >= this.max || name.length > MAX_CHARACTERS) return "other";
    this.known.add(name);
    return name;
  }
}
