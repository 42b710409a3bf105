import { builder } from "./builder.js";
import { LIST_MAX } from "./conditions.js";

export const Deleted = builder.enumType("Deleted", {
  description: "Whether a list shows what lives or what was deleted.",
  values: {
    EXCLUDE: { description: "Only what lives." },
    ONLY: {
      description:
        "Only what was deleted. Asks for `models:delete`; of runs, experiments and datasets, for `runs:write`.",
    },
  } as const,
});

export const StringFilter = builder.inputType("StringFilter", {
  description: "Conditions on a text, all of which hold. Case-sensitive; `%`, `_` and `*` stand for themselves.",
  fields: (t) => ({
    equals: t.string({ description: "The whole text." }),
    in: t.stringList({ description: `One of these texts, at most ${LIST_MAX}.` }),
    contains: t.string({ description: "A part of the text. Walks the list, so it is slow where few rows match." }),
    startsWith: t.string({ description: "The beginning of the text." }),
  }),
});

export const DateTimeFilter = builder.inputType("DateTimeFilter", {
  description: "A range of time: the bounds that are given all hold.",
  fields: (t) => ({
    gte: t.field({ type: "DateTime", description: "At this time or later." }),
    gt: t.field({ type: "DateTime", description: "Later than this time." }),
    lte: t.field({ type: "DateTime", description: "At this time or earlier." }),
    lt: t.field({ type: "DateTime", description: "Earlier than this time." }),
  }),
});

export const TagFilter = builder.inputType("TagFilter", {
  description: "A tag that is there.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The tag's key." }),
    value: t.string({ description: "The tag's value, whole. Absent: any value." }),
  }),
});

export const ActorFilter = builder.inputType("ActorFilter", {
  description: "Who did it: the conditions that are given all hold.",
  fields: (t) => ({
    subject: t.string({ description: "The `sub` of the token." }),
    issuer: t.string({ description: "The `iss` of the token." }),
  }),
});
