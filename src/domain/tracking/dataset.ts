import { InvalidInputError } from "../errors.js";
import { parseName } from "../values/text.js";

const DATASET_NAME_MAX = 500;
export const SOURCE_TYPE_MAX = 64;

const DIGEST = /^[A-Za-z0-9][A-Za-z0-9_:.+=/-]{0,127}$/;

/** How an input refers to a dataset. Name and digest refer to the living dataset that has both. */
export type DatasetRef = { readonly id: string } | { readonly name: string; readonly digest: string };

export function parseDatasetName(field: string, name: string): string {
  return parseName(field, name, DATASET_NAME_MAX);
}

/** Checks what identifies the content of a dataset: a short hash of MLflow, `sha256:…`, a table's version, an ETag. */
export function parseDatasetDigest(field: string, digest: string): string {
  if (DIGEST.test(digest)) return digest;
  throw new InvalidInputError(
    field,
    `${field} must be 1 to 128 of the letters, digits and _ : . + = / -, and begin with a letter or a digit.`,
  );
}
