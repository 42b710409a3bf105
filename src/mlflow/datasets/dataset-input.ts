import { z } from "zod";
import { parseUserJson } from "../../domain/values/json.js";
import { parseSource } from "../../domain/values/source-uri.js";
import type { DatasetInput } from "../../registry/tracking/dataset-fields.js";
import { orNull } from "../kit/or-null.js";
import { newKey, optional, required, tagValue } from "../kit/parameters.js";
import { CONTEXT_TAG } from "./read-inputs.js";

const NAME_MAX = 500;
const DIGEST_MAX = 36;

const atMost = (name: string, max: number) =>
  required.refine((text) => [...text].length <= max, `'${name}' exceeds the maximum length of ${max} characters`);

/** A dataset that a run read, as MLflow's clients describe it. */
export const datasetInput = z.object({
  tags: z.array(z.object({ key: newKey("key"), value: tagValue })).default([]),
  dataset: z.object({
    name: atMost("name", NAME_MAX),
    digest: atMost("digest", DIGEST_MAX),
    source_type: optional,
    source: optional,
    schema: optional,
    profile: optional,
  }),
});

/** The same for the command: the texts byte for byte, and of them what the registry understands. */
export function toInput({ tags, dataset }: z.output<typeof datasetInput>, schemes: readonly string[]) {
  const { name, digest, source_type, source, schema, profile } = dataset;
  const input: DatasetInput = {
    name,
    digest,
    sourceType: source_type || null,
    source: uriOf(source, schemes),
    schema: jsonOf(schema),
    profile: jsonOf(profile),
    texts: { source, schema, profile },
  };
  const isContext = ({ key }: { key: string }) => key === CONTEXT_TAG;
  return { dataset: input, context: tags.find(isContext)?.value || null, tags: tags.filter((tag) => !isContext(tag)) };
}

/** MLflow describes a source in JSON, with the address as `uri`, `url` or `path`. What is no address is kept as a text only. */
function uriOf(source: string | undefined, schemes: readonly string[]): string | null {
  const { uri, url, path } = (jsonOf(source) ?? {}) as Readonly<Record<string, unknown>>;
  const address = [uri, url, path].find((value) => typeof value === "string");
  return address === undefined ? null : orNull(() => parseSource("source", address, schemes));
}

function jsonOf(text: string | undefined) {
  return text === undefined ? null : orNull(() => parseUserJson("text", JSON.parse(text)));
}
