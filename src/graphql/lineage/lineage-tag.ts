import type { TagInput } from "../../domain/values/tag.js";
import { builder } from "../kit/builder.js";

export const LineageTag = builder.objectRef<TagInput>("LineageTag").implement({
  description: "A key and a value that an MLflow client gave an input beside its context.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The key, at most 250 characters." }),
    value: t.exposeString("value", { description: "The value." }),
  }),
});

export const LINEAGE_TAGS = "What an MLflow client said of the input beside its context; empty if nothing.";

/** The column of an edge, which MLflow's endpoint writes. */
export function lineageTags(tags: unknown): readonly TagInput[] {
  return (tags ?? []) as TagInput[];
}
