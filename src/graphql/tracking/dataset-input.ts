import { builder } from "../kit/builder.js";

export const DATASET_TEXTS = {
  name: "The name: one line of at most 500 characters, without leading or trailing blanks and without characters that show nothing.",
  digest:
    "Distinguishes this content from other content with the same name, as the client computes it: 1 to 128 letters, digits and `_ : . + = / -`.",
  sourceType: "The kind of source, such as `s3`, `delta_table` or `hugging_face`.",
  source: "The URI of the data. The rules are those of a version's `source`.",
  schema: "The columns and types of the data: a JSON object or list, at most 1 MB.",
  profile: "Statistics of the data, such as the number of rows: a JSON object or list, at most 1 MB.",
} as const;

export const DatasetInput = builder.inputType("DatasetInput", {
  description:
    "A dataset. Name and digest identify it. The other fields are stored when the dataset is registered, and ignored if it already exists.",
  fields: (t) => ({
    name: t.string({ required: true, description: DATASET_TEXTS.name }),
    digest: t.string({ required: true, description: DATASET_TEXTS.digest }),
    sourceType: t.string({ description: DATASET_TEXTS.sourceType }),
    source: t.string({ description: DATASET_TEXTS.source }),
    schema: t.field({ type: "JSON", description: DATASET_TEXTS.schema }),
    profile: t.field({ type: "JSON", description: DATASET_TEXTS.profile }),
  }),
});
