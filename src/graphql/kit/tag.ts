import { builder } from "./builder.js";

export const Tag = builder.objectRef<{ key: string; value: string }>("Tag").implement({
  description: "A key and value on a model, a version, an experiment, a run or a dataset.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The key, at most 250 characters." }),
    value: t.exposeString("value", {
      description: "The value, at most 100 000 characters; on experiments, runs and datasets 8 000.",
    }),
  }),
});

export const TagInput = builder.inputType("TagInput", {
  description: "A tag to set.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
    value: t.string({
      required: true,
      description: "The value, at most 100 000 characters; on experiments, runs and datasets 8 000.",
    }),
  }),
});

/** The condition on the tags that a `tags(keys:)` field shows. */
export function tagsQuery(keys: readonly string[] | null | undefined) {
  return { ...(keys ? { where: { key: { in: [...keys] } } } : {}), orderBy: { key: "asc" as const } };
}
