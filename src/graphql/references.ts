import type { ModelRef as ModelReference, ModelVersionRef as VersionReference } from "../registry/references.js";
import { builder } from "./builder.js";
import { parseId } from "./ids.js";

export const ModelRef = builder.inputType("ModelRef", {
  isOneOf: true,
  description: "A model, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The model's global id." }),
    name: t.string({ description: "The name of a living model." }),
  }),
});

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

export function toModelRef(field: string, ref: (typeof ModelRef)["$inferInput"]): ModelReference {
  return typeof ref.id === "string" ? { id: parseId(`${field}.id`, ref.id, "Model") } : { name: ref.name as string };
}

export function toVersionRef(field: string, ref: (typeof ModelVersionRef)["$inferInput"]): VersionReference {
  if (typeof ref.id === "string") return { id: parseId(`${field}.id`, ref.id, "ModelVersion") };
  if (ref.number) return { number: ref.number };
  return { alias: ref.alias as { model: string; alias: string } };
}
