import { parseClientTime } from "../../domain/tracking/metric.js";
import { parseGitCommit, RUN_NAME_MAX, RUN_SOURCE_MAX, RUN_USER_MAX } from "../../domain/tracking/run.js";
import { parseLine, parseOptional } from "../../domain/values/text.js";

/** What a client may say of a run, when it creates it or later. Absent = leave, null = clear. */
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

/** The fields that were given, each checked; fields that were not given are absent. */
export function parseRunFields(input: RunFieldsInput): RunFields {
  const line = (name: "name" | "user" | "source", max: number) =>
    parseOptional(input[name], (text) => parseLine(`input.${name}`, text, max));
  const parsed = {
    name: line("name", RUN_NAME_MAX),
    user: line("user", RUN_USER_MAX),
    source: line("source", RUN_SOURCE_MAX),
    gitCommit: parseOptional(input.gitCommit, (text) => parseGitCommit("input.gitCommit", text)),
  };
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined)) as RunFields;
}

export function parseRunTime(field: "startedAt" | "endedAt", time: Date | null | undefined): Date | null {
  return time ? parseClientTime(`input.${field}`, time) : null;
}
