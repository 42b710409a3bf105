import type { ModelVersionRef as VersionReference } from "../../domain/versions/version.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

const ModelNumberRef = builder.inputType("ModelNumberRef", {
  description: "A version by its model's name and its number.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    number: t.int({ required: true, description: "The version's number." }),
  }),
});

const ModelAliasRef = builder.inputType("ModelAliasRef", {
  description: "A version by its model's name and an alias.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    alias: t.string({ required: true, description: "The alias." }),
  }),
});

export const ModelVersionRef = builder.inputType("ModelVersionRef", {
  isOneOf: true,
  description: "A version, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The version's global id." }),
    number: t.field({ type: ModelNumberRef, description: "Its model's name and its number." }),
    alias: t.field({ type: ModelAliasRef, description: "Its model's name and an alias on it." }),
  }),
});

export function toVersionRef(field: string, ref: (typeof ModelVersionRef)["$inferInput"]): VersionReference {
  if (typeof ref.id === "string") return { id: parseId(`${field}.id`, ref.id, "ModelVersion") };
  if (ref.number) return { number: ref.number };
  return { alias: ref.alias as { model: string; alias: string } };
}
