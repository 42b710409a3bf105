import type { ModelRef as ModelReference } from "../../domain/models/model.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

export const ModelRef = builder.inputType("ModelRef", {
  isOneOf: true,
  description: "A model, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The model's global id." }),
    name: t.string({ description: "The name of a living model." }),
  }),
});

export function toModelRef(field: string, ref: (typeof ModelRef)["$inferInput"]): ModelReference {
  return typeof ref.id === "string" ? { id: parseId(`${field}.id`, ref.id, "Model") } : { name: ref.name as string };
}
