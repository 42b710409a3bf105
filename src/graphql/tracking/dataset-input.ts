import { builder } from "../kit/builder.js";

export const DATASET_TEXTS = {
  name: "The name: one line, at most 500 characters, without blanks at its ends.",
  digest:
    "What tells this content from other content of the name: 1 to 128 of the letters, digits and `_ : . + = / -`, as the client computes it.",
  sourceType: "What kind of place the source is, such as `s3`, `delta_table` or `hugging_face`.",
  source: "Where the data are: a URI, by the rules of a version's source.",
  schema: "The data's columns and types: a JSON object or list of at most 1 MB.",
  profile: "Figures about the data: a JSON object or list of at most 1 MB.",
} as const;

export const DatasetInput = builder.inputType("DatasetInput", {
  description:
    "A dataset. Name and digest are its identity; the rest is kept from whoever tells of it first, and ignored after that.",
  fields: (t) => ({
    name: t.string({ required: true, description: DATASET_TEXTS.name }),
    digest: t.string({ required: true, description: DATASET_TEXTS.digest }),
    sourceType: t.string({ description: DATASET_TEXTS.sourceType }),
    source: t.string({ description: DATASET_TEXTS.source }),
    schema: t.field({ type: "JSON", description: DATASET_TEXTS.schema }),
    profile: t.field({ type: "JSON", description: DATASET_TEXTS.profile }),
  }),
});
