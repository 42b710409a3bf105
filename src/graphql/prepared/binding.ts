import { getLoaderMapping, setRowMappings } from "@pothos/selection-mapper";
import type { GraphQLResolveInfo } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import type { GraphQLContext } from "../request/context.js";
import type { CompiledOperation } from "./compile-operation.js";
import { type CompiledField, isRow, LEADS_TO_ROWS, objectTypeOf } from "./compiled-field.js";
import { askForTexts } from "./row-texts.js";
import { Unusual } from "./unusual.js";

/**
 * What is the same for all requests of an operation with the same rights and the same arguments below its root fields: the
 * selections of rows, as Pothos plans them, and which fields may be read.
 */
export class Binding {
  private readonly selections = new Map<string, object>();
  private readonly checked: boolean[] = [];
  private readonly viewer: Viewer;
  /** Pothos keeps in it what it planned. Select functions see nothing else of a request: they get the same answer each time. */
  private readonly context: object;

  /** Whether no request can be answered with it. */
  isUnusual = false;
  /** Whether a selection depends on the time, so that it serves one request only. */
  isOfNow = false;

  constructor({ viewer, now }: Pick<GraphQLContext, "viewer" | "now">) {
    this.viewer = viewer;
    this.context = new Proxy(
      {},
      {
        get: (_target, name) => {
          if (name === "viewer") return viewer;
          if (typeof name === "symbol") return undefined;
          if (name !== "now") throw this.unusual(`A selection depends on ${name} of the request.`);
          this.isOfNow = true;
          return now;
        },
      },
    );
  }

  /** Makes the selection for the rows of a field, once. */
  keepSelection<Selection extends object>(
    { field, operation }: { readonly field: CompiledField; readonly operation: CompiledOperation },
    key: string,
    make: (context: object) => Selection,
  ): Selection {
    const place = `${field.index} ${key}`;
    const known = this.selections.get(place) as Selection | undefined;
    if (known) return known;
    const made = make(this.context);
    // before anything is read
    this.selections.set(place, made);
    this.requireSelected(operation, field);
    // a selection of one request is not worth it
    if (this.isOfNow) return made;
    const asked = askForTexts(made, { operation, field, mayRead: (each) => this.mayRead(each) });
    this.selections.set(place, asked);
    return asked;
  }

  /** Checks what is selected of the rows of a field: on the way to them there are the fields of a connection only. */
  private requireSelected(operation: CompiledOperation, field: CompiledField): void {
    const type = objectTypeOf(field.completion);
    if (!type) return;
    for (const each of operation.selectionOf(field, type)) {
      if ("typeName" in each || !(each.isSelected || (!isRow(type) && LEADS_TO_ROWS.has(each.name)))) continue;
      // what a field reads by a statement of its own is planned when its turn comes
      if (each.isSelected && !this.requireMapping(each)) continue;
      this.requireSelected(operation, each);
    }
  }

  /**
   * Pothos read the field with the row that it is of. It leaves out what two fields would read differently. Returns whether
   * it planned fields below.
   */
  private requireMapping({ path, parentType, name }: CompiledField): boolean {
    const mapping = getLoaderMapping(this.context, path, parentType.name);
    if (!mapping) throw this.unusual(`${parentType.name}.${name} was not read with its row.`);
    setRowMappings(this.context, { path } as GraphQLResolveInfo, mapping.nested);
    return Object.keys(mapping.nested).length > 0;
  }

  private unusual(message: string): Unusual {
    this.isUnusual = true;
    return new Unusual(message);
  }

  /** Checks a field that is about to be resolved for the first time: the viewer holds its scopes, and it was read. */
  requireReadable(field: CompiledField): void {
    if (this.checked[field.index]) return;
    if (!this.mayRead(field)) throw this.unusual("A scope is missing.");
    if (field.isSelected) this.requireMapping(field);
    this.checked[field.index] = true;
  }

  private mayRead({ scopes }: CompiledField): boolean {
    return scopes.every((scope) => holdsScope(this.viewer.scopes, scope));
  }
}
