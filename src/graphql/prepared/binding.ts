import { getLoaderMapping, setRowMappings } from "@pothos/selection-mapper";
import type { GraphQLResolveInfo } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import type { GraphQLContext } from "../request/context.js";
import type { CompiledField } from "./compiled-field.js";
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
          if (name !== "now") throw new Unusual(`A selection depends on ${name} of the request.`);
          this.isOfNow = true;
          return now;
        },
      },
    );
  }

  keepSelection<Selection extends object>(
    { index }: CompiledField,
    key: string,
    make: (context: object) => Selection,
  ): Selection {
    const place = `${index} ${key}`;
    const known = this.selections.get(place) as Selection | undefined;
    if (known) return known;
    const made = make(this.context);
    this.selections.set(place, made);
    return made;
  }

  /**
   * Checks a field that is about to be resolved for the first time: the viewer holds its scopes, and Pothos read it with the
   * row that it is of. It leaves out what two fields read differently, which the plain path reads by statements of their own.
   */
  requireReadable(field: CompiledField): void {
    if (this.checked[field.index]) return;
    const { scopes, isSelected, path, parentType } = field;
    if (!scopes.every((scope) => holdsScope(this.viewer.scopes, scope))) throw new Unusual("A scope is missing.");
    if (isSelected) {
      const mapping = getLoaderMapping(this.context, path, parentType.name);
      if (!mapping) throw new Unusual(`${parentType.name}.${field.name} was not read with its row.`);
      setRowMappings(this.context, { path } as GraphQLResolveInfo, mapping.nested);
    }
    this.checked[field.index] = true;
  }
}
