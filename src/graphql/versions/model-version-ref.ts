import type { ModelVersionRef as VersionReference } from "../../domain/versions/version.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

const ModelNumberRef = builder.inputType("ModelNumberRef", {
  description: "A version, by its model's name and its number.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    number: t.int({ required: true, description: "The version's number." }),
  }),
});

const ModelAliasRef = builder.inputType("ModelAliasRef", {
  description: "A version, by its model's name and an alias.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    alias: t.string({ required: true, description: "The alias." }),
  }),
});

export const ModelVersionRef = builder.inputType("ModelVersionRef", {
  isOneOf: true,
  description: "A reference to a version. Set exactly one field.",
  fields: (t) => ({
    id: t.id({ description: "The version's global id." }),
    number: t.field({ type: ModelNumberRef, description: "Its model's name and its number." }),
    alias: t.field({ type: ModelAliasRef, description: "Its model's name and an alias that points to it." }),
  }),
});

export function toVersionRef(field: string, ref: (typeof ModelVersionRef)["$inferInput"]): VersionReference {
  if (ref.id !== undefined) return { id: parseId(`${field}.id`, ref.id, "ModelVersion") };
  return ref.number === undefined ? { alias: ref.alias } : { number: ref.number };
}
