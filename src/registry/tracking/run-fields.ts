import { parseGitCommit, RUN_NAME_MAX, RUN_SOURCE_MAX, RUN_USER_MAX } from "../../domain/tracking/run.js";
import { parseClientTime } from "../../domain/values/client-time.js";
import { omitUndefined } from "../../domain/values/fields.js";
import { parseLabel, parseLine, parseOptional } from "../../domain/values/text.js";

/** The fields of a run that a client can set. Absent means "leave as it is", null means "clear". */
export interface RunFieldsInput {
  readonly name?: string | null | undefined;
  readonly user?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly gitCommit?: string | null | undefined;
  readonly startedAt?: Date | null | undefined;
  readonly endedAt?: Date | null | undefined;
}

export interface RunFields {
  name?: string | null;
  user?: string | null;
  source?: string | null;
  gitCommit?: string | null;
}

/** Checks the fields that are given. The result has only those. */
export function parseRunFields(input: RunFieldsInput): RunFields {
  const line = (name: "user" | "source", max: number) =>
    parseOptional(input[name], (text) => parseLine(`input.${name}`, text, max));
  return omitUndefined<RunFields>({
    name: parseOptional(input.name, (text) => parseLabel("input.name", text, RUN_NAME_MAX)),
    user: line("user", RUN_USER_MAX),
    source: line("source", RUN_SOURCE_MAX),
    gitCommit: parseOptional(input.gitCommit, (text) => parseGitCommit("input.gitCommit", text)),
  });
}

export function parseRunTime(field: "startedAt" | "endedAt", time: Date | null | undefined): Date | null {
  return time ? parseClientTime(`input.${field}`, time) : null;
}
