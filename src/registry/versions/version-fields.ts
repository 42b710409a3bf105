import { parseDescription } from "../../domain/models/model.js";
import { type JsonValue, parseUserJson } from "../../domain/values/json.js";
import { parseOptional, parseText } from "../../domain/values/text.js";
import { parseSource } from "../../domain/versions/source-uri.js";
import { parseDigest, STATUS_MESSAGE_MAX, USER_JSON_MAX } from "../../domain/versions/version.js";
import { Prisma } from "../../store/generated/client.js";

/** What a client may say of a version, when it registers it or later. Absent = leave, null = clear. */
export interface VersionFieldsInput {
  readonly source?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly statusMessage?: string | null | undefined;
  readonly digest?: string | null | undefined;
  readonly signature?: unknown;
  readonly flavors?: unknown;
  /** The id of the run that made the version. */
  readonly run?: string | null | undefined;
}

export interface VersionFields {
  source?: string | null;
  description?: string | null;
  statusMessage?: string | null;
  digest?: string | null;
  signature?: JsonValue;
  flavors?: JsonValue;
  runId?: string | null;
}

/** The fields that were given, each checked; fields that were not given are absent. */
export function parseVersionFields(input: VersionFieldsInput, allowFileSource: boolean): VersionFields {
  const parsed = {
    source: parseOptional(input.source, (text) => parseSource("input.source", text, allowFileSource)),
    description: parseOptional(input.description, (text) => parseDescription("input.description", text)),
    statusMessage: parseOptional(input.statusMessage, (text) =>
      parseText("input.statusMessage", text, STATUS_MESSAGE_MAX),
    ),
    digest: parseOptional(input.digest, (text) => parseDigest("input.digest", text)),
    signature: parseJsonField("input.signature", input.signature),
    flavors: parseJsonField("input.flavors", input.flavors),
    runId: input.run,
  };
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined)) as VersionFields;
}

function parseJsonField(field: string, value: unknown): JsonValue | undefined {
  if (value === undefined || value === null) return value;
  return parseUserJson(field, value, USER_JSON_MAX);
}

/** The fields as columns: Prisma tells a cleared JSON column from the JSON value null. */
export function toColumns<T extends VersionFields>({ signature, flavors, ...plain }: T) {
  const json = (value: JsonValue) => (value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue));
  return {
    ...plain,
    ...(signature === undefined ? {} : { signature: json(signature) }),
    ...(flavors === undefined ? {} : { flavors: json(flavors) }),
  };
}
