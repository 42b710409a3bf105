import type { PlainModel, PlainVersion, PlainWorld, Told } from "./plain-world.js";
import type { StepOf } from "./steps.js";

export function newModel(name: string): PlainModel {
  return { id: "", name, isDeleted: false, tags: new Map(), versions: [], aliases: new Map() };
}

export function newVersion(world: PlainWorld, model: PlainModel, run: PlainVersion["run"], fields: readonly string[]) {
  const version: PlainVersion = {
    ...{ number: model.versions.length + 1, fields: new Set(fields), description: "", run },
    ...{ tags: new Map(), checks: [], stays: [], stage: "NONE", entry: world.next(), isDeleted: false },
  };
  world.enter(version, "NONE");
  model.versions.push(version);
  return version;
}

/** Sets or deletes a tag. A tag that has the value already keeps its author. */
export function write(tags: Map<string, Told>, { key, value, who }: StepOf<"tagModel"> | StepOf<"tagVersion">): void {
  if (value === null) tags.delete(key);
  else if (tags.get(key)?.value !== value) tags.set(key, { value, by: who });
}
