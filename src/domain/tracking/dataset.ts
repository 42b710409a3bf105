import { InvalidInputError } from "../errors.js";
import { parseLine, parseName } from "../values/text.js";

export const DATASET_NAME_MAX = 500;
export const CONTEXT_MAX = 255;
export const SOURCE_TYPE_MAX = 64;
/** The most datasets or versions that one `logInputs` or `logOutputs` takes. */
export const LINKS_MAX = 100;

const DIGEST = /^[A-Za-z0-9][A-Za-z0-9_:.+=/-]{0,127}$/;

export function parseDatasetName(field: string, name: string): string {
  return parseName(field, name, DATASET_NAME_MAX);
}

/** What tells one content of a dataset from another: MLflow's short hashes, `sha256:…`, a table's version, an ETag. */
export function parseDatasetDigest(field: string, digest: string): string {
  if (DIGEST.test(digest)) return digest;
  throw new InvalidInputError(
    field,
    `${field} must be 1 to 128 of the letters, digits and _ : . + = / -, and begin with a letter or a digit.`,
  );
}

/** What an input was for; nothing said is an empty text. */
export function parseContext(field: string, context: string | null | undefined): string {
  return typeof context === "string" ? parseLine(field, context, CONTEXT_MAX) : "";
}
