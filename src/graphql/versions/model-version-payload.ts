import { builder } from "../kit/builder.js";
import { readVersion } from "../kit/visible-rows.js";
import { ModelVersion } from "./model-version.js";

/** The payload of a mutation that answers with a version. */
export function modelVersionPayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      modelVersion: t.prismaField({
        type: ModelVersion,
        nullable: true,
        description: "The version.",
        resolve: readVersion,
      }),
    }),
  });
}
