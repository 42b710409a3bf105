import type { ObjectRef } from "@pothos/core";
import { Actor, AUTHOR } from "./actor.js";
import { builder } from "./builder.js";

type TagRef = ObjectRef<typeof builder.$inferSchemaTypes, { key: string; value: string }>;

/**
 * A row of any table of tags. Pothos selects the author where a document asks for it only if the type has a table, so the type
 * has one of them. The annotation hides that: fields return rows of the others too. There is no `select`, since Pothos would
 * add the key of that one table to it.
 */
export const Tag: TagRef = builder.prismaObject("ModelTag", {
  name: "Tag",
  findUnique: null,
  description: "A key and a value that label a model, a version, an experiment, a run or a dataset.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The key, at most 250 characters." }),
    value: t.exposeString("value", {
      description:
        "The value: at most 100 000 characters on models, versions and experiments, 8 000 on runs, logged models and datasets.",
    }),
    setBy: t.field({
      type: Actor,
      nullable: true,
      description:
        "Who set the value; null if it was set before the registry kept this. A tag that is set to the value that it already has keeps its author; to become the author, delete the tag and set it again.",
      select: { setBy: AUTHOR },
      resolve: ({ setBy }) => setBy,
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
        "The value: at most 100 000 characters on models, versions and experiments, 8 000 on runs, logged models and datasets.",
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
