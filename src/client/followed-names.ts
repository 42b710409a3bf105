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
