import { PROMPT_SOURCE } from "../../domain/models/prompt.js";
import { omitUndefined } from "../../domain/values/fields.js";
import { type JsonValue, parseUserJson } from "../../domain/values/json.js";
import { parseSource } from "../../domain/values/source-uri.js";
import { parseDescription, parseOptional, parseRemark } from "../../domain/values/text.js";
import { parseWebUrl } from "../../domain/values/web-url.js";
import { parseDigest, STATUS_MESSAGE_MAX } from "../../domain/versions/version.js";
import { toJsonColumn } from "../../store/json/json-column.js";

/** The fields of a version that a client can set. Absent means "leave as it is", null means "clear". */
export interface VersionFieldsInput {
  readonly source?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly statusMessage?: string | null | undefined;
  readonly digest?: string | null | undefined;
  readonly signature?: unknown;
  readonly flavors?: unknown;
  /** The id of the run that made the version. */
  readonly run?: string | null | undefined;
  /** The page of the run that made the version. */
  readonly runLink?: string | null | undefined;
}

export interface VersionFields {
  source?: string | null;
  description?: string | null;
  statusMessage?: string | null;
  digest?: string | null;
  signature?: JsonValue;
  flavors?: JsonValue;
  runId?: string | null;
  externalRunId?: string | null;
  loggedModelId?: string | null;
  externalModelId?: string | null;
  runLink?: string | null;
}

/** Checks the fields that are given. The result has only those. The version of a prompt may have a placeholder as its source. */
export function parseVersionFields(
  input: VersionFieldsInput,
  sourceSchemes: readonly string[],
  isPrompt = false,
): VersionFields {
  const parseAnySource = (text: string) =>
    isPrompt && text === PROMPT_SOURCE ? text : parseSource("input.source", text, sourceSchemes);
  return omitUndefined<VersionFields>({
    source: parseOptional(input.source, parseAnySource),
    description: parseOptional(input.description, (text) => parseDescription("input.description", text)),
    statusMessage: parseOptional(input.statusMessage, (text) =>
      parseRemark("input.statusMessage", text, STATUS_MESSAGE_MAX),
    ),
    digest: parseOptional(input.digest, (text) => parseDigest("input.digest", text)),
    signature: parseJsonField("input.signature", input.signature),
    flavors: parseJsonField("input.flavors", input.flavors),
    runId: input.run,
    runLink: parseOptional(input.runLink, (text) => parseWebUrl("input.runLink", text)),
  });
}

function parseJsonField(field: string, value: unknown): JsonValue | undefined {
  return value === undefined || value === null ? value : parseUserJson(field, value);
}

export function toColumns<Fields extends VersionFields>({ signature, flavors, ...plain }: Fields) {
  return {
    ...plain,
    ...(signature === undefined ? {} : { signature: toJsonColumn(signature) }),
    ...(flavors === undefined ? {} : { flavors: toJsonColumn(flavors) }),
  };
}
