import { builder } from "./builder.js";
import { LIST_MAX } from "./conditions.js";

export const Deleted = builder.enumType("Deleted", {
  description: "Whether a list contains deleted rows.",
  values: {
    EXCLUDE: { description: "Only rows that are not deleted." },
    ONLY: {
      description:
        "Only deleted rows. Requires `models:delete` for models and versions, `runs:write` for experiments, runs and datasets.",
    },
  } as const,
});

const NO_INDEX = "No index serves it, so it is slow where few rows match.";

export const StringFilter = builder.inputType("StringFilter", {
  description:
    "A filter on a text. All conditions that are set must match. Case-sensitive, except for `containsIgnoreCase`, and without wildcards: `%`, `_` and `*` match themselves. What a text contains or starts with has at most 1000 characters.",
  fields: (t) => ({
    equals: t.string({ description: "The text is exactly this." }),
    in: t.stringList({ description: `The text is one of these, at most ${LIST_MAX}.` }),
    contains: t.string({
      description: `The text contains this. ${NO_INDEX}`,
    }),
    containsIgnoreCase: t.string({
      description: `The text contains this, in capital or small letters. ${NO_INDEX}`,
    }),
    startsWith: t.string({ description: "The text starts with this." }),
  }),
});

export const DateTimeFilter = builder.inputType("DateTimeFilter", {
  description: "A range of time. All bounds that are set must match.",
  fields: (t) => ({
    gte: t.field({ type: "DateTime", description: "At this time or later." }),
    gt: t.field({ type: "DateTime", description: "Later than this time." }),
    lte: t.field({ type: "DateTime", description: "At this time or earlier." }),
    lt: t.field({ type: "DateTime", description: "Earlier than this time." }),
  }),
});

export const TagFilter = builder.inputType("TagFilter", {
  description: "A filter on one tag, which the row must have.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The tag's key." }),
    value: t.string({ description: "The tag's exact value. Default: any value." }),
    valueContainsIgnoreCase: t.string({
      description:
        "The tag's value contains this, in capital or small letters. The key is found by an index, the value is not.",
    }),
  }),
});

export const ActorFilter = builder.inputType("ActorFilter", {
  description: "A filter on an actor. All conditions that are set must match.",
  fields: (t) => ({
    subject: t.string({ description: "The `sub` of the token." }),
    issuer: t.string({ description: "The `iss` of the token." }),
  }),
});

/** How a filter on events compares the names of models. */
export const MODEL_AT_THE_TIME =
  "The name that the model had at the time matches one of these names or globs. `*` matches any text.";
/** The same of a filter that lets renames through. */
export const MODEL_OR_RENAME = `${MODEL_AT_THE_TIME} A rename matches by the new name and by the previous one, if the token covers it.`;
