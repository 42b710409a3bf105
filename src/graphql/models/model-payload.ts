import { builder } from "../kit/builder.js";
import { readModel } from "../kit/visible-rows.js";
import { Model } from "./model.js";

/** The payload of a mutation that answers with a model. */
export function modelPayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      model: t.prismaField({ type: Model, nullable: true, description: "The model.", resolve: readModel }),
    }),
  });
}
