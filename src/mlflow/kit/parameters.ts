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

/** The last millisecond that a text of four digits for the year can say. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** A time in milliseconds since 1970. */
export const milliseconds = int64(0, LAST_MILLISECOND);

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

/** The id of an experiment is the number that it has here, as a text. What no experiment can be is looked for as -1. */
export const experimentId = required.transform((text, context) => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (/^-?\d+$/.test(text)) return -1;
  const message = `Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** The fields of a request about a run, which old clients call run_uuid. */
export function ofRun<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(
    (fields) => {
      const { run_id: id, run_uuid: uuid, ...rest } = fields as Record<string, unknown>;
      return { ...rest, run_id: id || uuid };
    },
    z.object({ run_id: required, ...shape }),
  );
}

/** A key of at most 250 characters, with what MLflow calls it in its messages. */
export function newKey(name: string) {
  return newTagKey.superRefine((key, context) => {
    if ([...key].length <= KEY_MAX) return;
    context.addIssue({ code: "custom", message: `'${name}' exceeds the maximum length of ${KEY_MAX} characters` });
  });
}

const KEY_MAX = 250;

/** Tags of something new. The last of equal keys wins. */
export const newTags = z
  .array(z.object({ key: newTagKey, value: z.string().default("") }))
  .default([])
  .transform((tags): TagInput[] => [...new Map(tags.map((tag) => [tag.key, tag])).values()]);

export const tagValue = z.string().default("");
