import { z } from "zod";
import type { TagInput } from "../../domain/values/tag.js";

/** The fields of requests. What a schema does not name is ignored, as MLflow does. */
export const required = z.string().min(1);
export const optional = z.string().optional();

const INT64 = /^-?\d{1,19}$/;

/** An int64, which JSON of protobuf writes as a number or as a text. */
export function int64(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === "string" && INT64.test(value) ? Number(value) : value),
    z.number().int().min(min).max(max),
  );
}

/** A query says true as a text. */
export const flag = z.preprocess(
  (value) => (typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() === "true" : value),
  z.boolean().default(false),
);

/** A list of texts, of which a query holds one or several. */
export const texts = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.string()).default([]),
);

/** A name that is no path: MLflow's files are called by it. */
const NOT_A_PATH =
  "Names may be treated as files in certain cases, and must not resolve to other names when treated as such.";

function isPath(name: string): boolean {
  return name.startsWith("/") || name.split("/").some((part) => part === "" || part === "." || part === "..");
}

/** The name of a model that is to be made. The registry's own rules come after these, which have MLflow's words. */
export const newName = required.superRefine((name, context) => {
  const message = /[/:]/.test(name)
    ? `Invalid model name '${name}'. Names cannot contain '/' or ':'.`
    : isPath(name)
      ? `Invalid value "${name}" for parameter 'name' supplied: ${NOT_A_PATH}`
      : null;
  if (message !== null) context.addIssue({ code: "custom", message });
});

const TAG_KEY = /^[/\p{L}\p{N}_.\- :]*$/u;

/** The key of a tag that is to be set. */
export const newTagKey = required.superRefine((key, context) => {
  const reason = !TAG_KEY.test(key)
    ? "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
    : isPath(key)
      ? NOT_A_PATH
      : null;
  if (reason === null) return;
  context.addIssue({ code: "custom", message: `Invalid value "${key}" for parameter 'key' supplied: ${reason}` });
});

/** Tags of something new. The last of equal keys wins. */
export const newTags = z
  .array(z.object({ key: newTagKey, value: z.string().default("") }))
  .default([])
  .transform((tags): TagInput[] => [...new Map(tags.map((tag) => [tag.key, tag])).values()]);

const PARAM_VALUE_MAX = 6_000;

/** Params of something new. What is too long is cut, as MLflow does. */
export const newParams = z
  .array(z.object({ key: required, value: z.string().default("") }))
  .default([])
  .transform((params) =>
    params.map(({ key, value }) => ({ key, value: [...value].slice(0, PARAM_VALUE_MAX).join("") })),
  );

export const tagValue = z.string().default("");
