const MAX_NAMES = 100;
const MAX_CHARACTERS = 100;

/**
 * Labels out of names that clients choose. Each costs memory here and in whatever collects it for as long as the
 * process lives, so only the first so many are told apart.
 */
export class BoundedNames {
  private readonly known = new Set<string>();
  private readonly max: number;

  constructor(most = MAX_NAMES) {
    this.max = most;
  }

  /** A name is only learnt from who may teach it. */
  labelOf(name: string | null | undefined, isTrusted: boolean): string {
    if (!name) return "anonymous";
    if (this.known.has(name)) return name;
    if (!isTrusted || this.known.size >= this.max || name.length > MAX_CHARACTERS) return "other";
    this.known.add(name);
    return name;
  }
}
