import type { ObjectRef } from "@pothos/core";
import { builder } from "./builder.js";
import { encodeId, type NodeType } from "./ids.js";
import type { Row } from "./row-selection.js";
import { visibleRow } from "./visible-rows.js";

type Types = (typeof builder)["$inferSchemaTypes"];

/** The field of a payload that leads to a noun. */
export interface NounField {
  readonly name: string;
  readonly type: ObjectRef<Types, Row>;
  readonly node: NodeType;
  readonly description: string;
}

/** The payload of a mutation that answers with one noun. */
export function nounPayload(name: string, description: string, noun: NounField) {
  return builder.objectRef<Row>(name).implement({
    description,
    fields: (t) => ({
      [noun.name]: t.field({
        type: noun.type,
        nullable: true,
        description: noun.description,
        resolve: visibleRow(noun.node, ({ id }) => id),
      }),
    }),
  });
}

/** The payload of a delete: by the id in it, the noun can be restored. */
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

export const IfExists = builder.enumType("IfExists", {
  description: "What to do when something of this name exists already.",
  values: {
    FAIL: { description: "Refuse with `ALREADY_EXISTS`." },
    RETURN: { description: "Answer with what exists, unchanged." },
  } as const,
});

export const IDEMPOTENCY_KEY =
  "A retry with the same key and input gets the first answer and writes nothing; other input is a `CONFLICT`. Kept 30 days for each issuer and subject.";
