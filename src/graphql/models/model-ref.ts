import type { ModelRef as ModelReference } from "../../domain/models/model.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

export const ModelRef = builder.inputType("ModelRef", {
  isOneOf: true,
  description: "A reference to a model. Set exactly one field.",
  fields: (t) => ({
    id: t.id({ description: "The model's global id." }),
    name: t.string({ description: "The name of a model that is not deleted." }),
  }),
});

export function toModelRef(field: string, ref: (typeof ModelRef)["$inferInput"]): ModelReference {
  return ref.id === undefined ? { name: ref.name } : { id: parseId(`${field}.id`, ref.id, "Model") };
}
