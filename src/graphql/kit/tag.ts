import { builder } from "./builder.js";

export const Tag = builder.objectRef<{ key: string; value: string }>("Tag").implement({
  description: "A key and a value that label a model, a version, an experiment, a run or a dataset.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The key, at most 250 characters." }),
    value: t.exposeString("value", {
      description:
        "The value: at most 100 000 characters on models and versions, 8 000 on experiments, runs and datasets.",
    }),
  }),
});

/** For the keys of tags, params and metrics. */
export const KEY_DESCRIPTION = "The key: one line of at most 250 characters, without characters that show nothing.";

export const TagInput = builder.inputType("TagInput", {
  description: "A tag to set on an object.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description: KEY_DESCRIPTION,
    }),
    value: t.string({
      required: true,
      description:
        "The value: at most 100 000 characters on models and versions, 8 000 on experiments, runs and datasets.",
    }),
  }),
});

/** The argument of a `tag(key:)` field. */
export const TAG_ARGS = builder.args((t) => ({
  key: t.string({ required: true, description: "The tag's key." }),
}));

/** The argument of a `tags(keys:)` field. */
export const TAGS_ARGS = builder.args((t) => ({
  keys: t.stringList({ description: "Only tags with these keys. Default: all." }),
}));

interface Keys {
  readonly keys?: readonly string[] | null | undefined;
}

/** Selects rows by their keys, ordered by key. */
export function withKeys({ keys }: Keys) {
  return { ...(keys ? { where: { key: { in: [...keys] } } } : {}), orderBy: { key: "asc" as const } };
}

/** What a `tags(keys:)` field selects with its parent. */
export function selectTags(args: Keys) {
  return { tags: { ...withKeys(args), select: { key: true, value: true } } } as const;
}
