import type { As } from "../../support/server.js";
import type { Rule } from "./visibility-oracle.js";

interface Mark {
  readonly what: string;
  readonly rule: Rule;
}

export interface Leak {
  readonly what: string;
  readonly value: string;
}

// hexadecimal, so that a digest or a commit may contain one
const TEXT = /abcafe\d{4}ef/g;
const NUMBER = /\b9\d{6}\.5\b/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const OPAQUE = /(?<![\w-])([\w-]{12,})(?![\w-])/g;

/** Every value of a world that not every viewer may see, each unique, with its rule. */
export class Marks {
  private readonly table = new Map<string, Mark>();

  /** A text that occurs nowhere else. */
  text(what: string, rule: Rule): string {
    return this.put(`abcafe${String(this.table.size).padStart(4, "0")}ef`, what, rule);
  }

  number(what: string, rule: Rule): number {
    return Number(this.put(`9${String(this.table.size).padStart(6, "0")}.5`, what, rule));
  }

  /** An object's id, global or not, reveals as much as its name. */
  id(what: string, globalId: string, rule: Rule): void {
    for (const [uuid] of readable(JSON.stringify(globalId)).matchAll(UUID)) this.put(uuid, `the id of ${what}`, rule);
  }

  get size(): number {
    return this.table.size;
  }

  /** The marks in a response, also inside ids and cursors. */
  in(answer: unknown): ReadonlySet<string> {
    const text = readable(JSON.stringify(answer ?? null));
    const found = [TEXT, NUMBER, UUID].flatMap((pattern) => [...text.matchAll(pattern)].map(([value]) => value));
    return new Set(found.filter((value) => this.table.has(value)));
  }

  /** The values in the viewer's own token, which are not secret for the viewer. */
  allows(viewer: As, value: string): boolean {
    return JSON.stringify(viewer).includes(value) || (this.table.get(value)?.rule(viewer) ?? true);
  }

  /** The marks in the response that the viewer may not see. */
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

/** The text, followed by the decoded contents of its opaque strings. */
function readable(text: string): string {
  const inside = [...text.matchAll(OPAQUE)].map(([, opaque = ""]) => Buffer.from(opaque, "base64url").toString());
  return [text, ...inside].join("\n");
}
