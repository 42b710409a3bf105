import type { ObjectRef } from "@pothos/core";
import { builder } from "./builder.js";
import { encodeId, type NodeType } from "./ids.js";
import type { Row } from "./row-selection.js";
import { visibleRow } from "./visible-rows.js";

type Types = (typeof builder)["$inferSchemaTypes"];

/** The field of a payload that returns a noun. */
export interface NounField {
  readonly name: string;
  readonly type: ObjectRef<Types, Row>;
  readonly node: NodeType;
  readonly description: string;
}

/** The payload of a mutation that returns one noun. */
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

/** The payload of a deletion that can be undone by the id in it. */
export function deletedPayload(name: string, type: NodeType, restore: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description: "What was deleted.",
    fields: (t) => ({
      deletedId: t.id({
        description: `The global id of what was deleted. \`${restore}\` restores it by this id.`,
        resolve: ({ id }) => encodeId(type, id),
      }),
    }),
  });
}

export const IfExists = builder.enumType("IfExists", {
  description: "What to do if the name is already in use.",
  values: {
    FAIL: { description: "Fail with `ALREADY_EXISTS`." },
    RETURN: { description: "Return the existing object, unchanged." },
  } as const,
});

export const PromotionOverrideInput = builder.inputType("PromotionOverrideInput", {
  description:
    "Promotes a version although it does not meet the rules of policies, for this one move. Requires `policies:override`, which `admin` does not include. It is an event of its own and stands in the decision; where no rule is in the way, nothing is overridden. A single holder of a stage cannot be overridden.",
  fields: (t) => ({
    reason: t.string({ required: true, description: "Why, for whoever reads the decision. At most 5 000 characters." }),
  }),
});

export const IDEMPOTENCY_KEY =
  "A key for safe retries, one line of at most 255 characters. A retry with the same key and an input that means the same returns the first result and writes nothing; the same key with other input is a `CONFLICT`. The order of tags, params and aliases means nothing, a name means the same as the id, and null the same as an absent field, except in `expectedHolder` and `expectedNumber`. Kept for 30 days, separately for each issuer and subject.";

export const REASON =
  "The reason, for readers of the history. At most 5 000 characters, without controls of writing direction.";
