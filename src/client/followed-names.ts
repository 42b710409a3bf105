import { ModelRenamedError } from "./errors.js";

/**
 * The models that are followed by exact names: whoever names one model means that model, and not another one that takes
 * its name. A glob follows whatever matches.
 */
export class FollowedNames {
  private readonly names: ReadonlySet<string>;
  private readonly ids = new Map<string, string>();

  constructor(models: readonly string[] = []) {
    this.names = new Set(models.filter((name) => !name.includes("*")));
  }

  /** The exact names, and the ids of their models as far as they are known. */
  asked(): { readonly names: readonly string[]; readonly ids: readonly string[] } {
    return { names: [...this.names], ids: [...this.ids.values()] };
  }

  /** Call with the name that a model has now. Throws if it is not the name by which the model is followed. */
  requireName(id: string, name: string): void {
    for (const [followed, known] of this.ids) if (known === id && followed !== name) this.requireKept(followed, name);
  }

  /** Call for each model that is read. Throws if another model had the name before. */
  requireSame(name: string, id: string): void {
    const known = this.ids.get(name) ?? id;
    if (known !== id) throw new ModelRenamedError(name, `The name "${name}" belongs to another model now.`);
    if (this.names.has(name)) this.ids.set(name, id);
  }

  /** Call for each rename. Throws if a model has lost the name that it is followed by. */
  requireKept(previousName: string, newName: string): void {
    if (this.names.has(previousName))
      throw new ModelRenamedError(previousName, `The model "${previousName}" was renamed to "${newName}".`);
  }
}
