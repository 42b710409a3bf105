import type { As } from "../../support/server.js";
import type { Rule } from "./sight.js";

interface Mark {
  readonly what: string;
  readonly rule: Rule;
}

export interface Leak {
  readonly what: string;
  readonly value: string;
}

// Hexadecimal, so that a digest or a commit may hold one.
const TEXT = /abcafe\d{4}ef/g;
const NUMBER = /\b9\d{6}\.5\b/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const OPAQUE = /(?<![\w-])([\w-]{12,})(?![\w-])/g;

/** Every value of a world that not everybody may see, each one of its own, with who may. */
export class Marks {
  private readonly table = new Map<string, Mark>();

  /** A text that stands nowhere else. */
  text(what: string, rule: Rule): string {
    return this.put(`abcafe${String(this.table.size).padStart(4, "0")}ef`, what, rule);
  }

  number(what: string, rule: Rule): number {
    return Number(this.put(`9${String(this.table.size).padStart(6, "0")}.5`, what, rule));
  }

  /** The object's id, global or not, is as good as its name. */
  id(what: string, globalId: string, rule: Rule): void {
    for (const [uuid] of readable(JSON.stringify(globalId)).matchAll(UUID)) this.put(uuid, `the id of ${what}`, rule);
  }

  get size(): number {
    return this.table.size;
  }

  /** What an answer holds, also inside of ids and cursors. */
  in(answer: unknown): ReadonlySet<string> {
    const text = readable(JSON.stringify(answer ?? null));
    const found = [TEXT, NUMBER, UUID].flatMap((pattern) => [...text.matchAll(pattern)].map(([value]) => value));
    return new Set(found.filter((value) => this.table.has(value)));
  }

  /** What the viewer's own token says is no secret to them. */
  allows(viewer: As, value: string): boolean {
    return JSON.stringify(viewer).includes(value) || (this.table.get(value)?.rule(viewer) ?? true);
  }

  /** What stands in the answer and is not for the viewer. */
  leaks(viewer: As, answer: unknown): Leak[] {
    return [...this.in(answer)]
      .filter((value) => !this.allows(viewer, value))
      .map((value) => ({ value, what: this.table.get(value)?.what ?? "" }));
  }

  private put(value: string, what: string, rule: Rule): string {
    if (!this.table.has(value)) this.table.set(value, { what, rule });
    return value;
  }
}

/** The text, and behind it what its opaque strings say. */
function readable(text: string): string {
  const inside = [...text.matchAll(OPAQUE)].map(([, opaque = ""]) => Buffer.from(opaque, "base64url").toString());
  return [text, ...inside].join("\n");
}
