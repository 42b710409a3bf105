import { InvalidInputError } from "../errors.js";
import type { TagInput } from "../values/tag.js";
import { parseLabel, parseLine, parseRemark } from "../values/text.js";

export const LOGGED_MODEL_STATUSES = ["PENDING", "READY", "UPLOAD_FAILED"] as const;
/** Whether the artifacts of a logged model are complete, in MLflow's words. */
export type LoggedModelStatus = (typeof LOGGED_MODEL_STATUSES)[number];

/** The tag in which MLflow's clients keep the versions that were registered from a logged model. The registry knows them itself. */
export const MODEL_VERSIONS_TAG = "mlflow.modelVersions";

const ID = /^m-[0-9a-f]{32}$/;
const NAME_MAX = 500;
const TYPE_MAX = 500;
const STATUS_MESSAGE_MAX = 5_000;
/** Paths, addresses and filters of MLflow are made of the name. */
const NOT_IN_NAMES = /[/:.%"']/;

export function isLoggedModelId(text: string): boolean {
  return ID.test(text);
}

/** The id of a new logged model, from a UUID. */
export function toLoggedModelId(uuid: string): string {
  return `m-${uuid.replaceAll("-", "")}`;
}

export function parseLoggedModelName(field: string, text: string): string {
  const name = parseLabel(field, text, NAME_MAX);
  if (!NOT_IN_NAMES.test(name)) return name;
  throw new InvalidInputError(field, `${field} must not contain any of / : . % " and '.`);
}

export function parseModelType(field: string, text: string): string {
  return parseLine(field, text, TYPE_MAX);
}

export function parseStatusMessage(field: string, text: string): string {
  return parseRemark(field, text, STATUS_MESSAGE_MAX);
}

/** Throws INVALID_INPUT for a tag whose value the registry computes. */
export function requireFreeTags(field: string, tags: readonly Pick<TagInput, "key">[]): void {
  if (!tags.some(({ key }) => key === MODEL_VERSIONS_TAG)) return;
  throw new InvalidInputError(
    field,
    `The tag "${MODEL_VERSIONS_TAG}" of a logged model is computed from the versions that are registered from it.`,
  );
}
