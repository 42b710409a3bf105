import { builder } from "./builder.js";
import { encodeId, type NodeType } from "./ids.js";

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
