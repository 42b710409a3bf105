import { builder } from "./builder.js";
import { encodeId, type NodeType } from "./ids.js";
import { Model } from "./model.js";
import { ModelVersion } from "./model-version.js";
import { readModel, readRun, readVersion } from "./read-back.js";
import { Run } from "./run.js";

/** The payload of a mutation that answers with a model. */
export function modelPayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      model: t.prismaField({ type: Model, nullable: true, description: "The model.", resolve: readModel }),
    }),
  });
}

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

/** The payload of a mutation that answers with a run. */
export function runPayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      run: t.prismaField({ type: Run, nullable: true, description: "The run.", resolve: readRun }),
    }),
  });
}

/** The payload of a delete: by the id that it tells, the noun can be restored. */
export function deletedPayload(name: string, type: NodeType, restore: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description: "What was deleted.",
    fields: (t) => ({
      deletedId: t.id({
        description: `The global id of what was deleted, by which \`${restore}\` brings it back.`,
        resolve: ({ id }) => encodeId(type, id),
      }),
    }),
  });
}
