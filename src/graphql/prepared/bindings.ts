import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Binding } from "./binding.js";

/** A binding takes some 50 times the memory of the text of its document. */
const MAX_CHARACTERS = 1_000_000;

interface KnownDocument {
  readonly number: number;
  readonly characters: number;
}

/** The bindings of all operations that were used last. Bounded by the length of their documents, for any client can send long ones. */
export class Bindings {
  private readonly kept = new LRUCache<string, Binding>({ maxSize: MAX_CHARACTERS });
  private readonly known = new WeakMap<DocumentNode, KnownDocument>();
  private documents = 0;

  get(document: DocumentNode, key: string): Binding | undefined {
    return this.kept.get(`${this.find(document).number} ${key}`);
  }

  set(document: DocumentNode, key: string, binding: Binding): void {
    const { number, characters } = this.find(document);
    this.kept.set(`${number} ${key}`, binding, { size: characters + key.length + 1 });
  }

  private find(document: DocumentNode): KnownDocument {
    const known = this.known.get(document);
    if (known) return known;
    const characters = document.definitions.reduce((sum, { loc }) => sum + (loc ? loc.end - loc.start : 0), 0);
    const found = { number: this.documents++, characters };
    this.known.set(document, found);
    return found;
  }
}
