import { parseClientTime } from "../values/client-time.js";
import { type JsonValue, parseUserJson } from "../values/json.js";
import { parseLabel, parseOptional, parseRemark } from "../values/text.js";
import { parseWebUrl } from "../values/web-url.js";

export const CHECK_STATUSES = ["PENDING", "PASSED", "FAILED"] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

const NAME_MAX = 250;
const SUMMARY_MAX = 5_000;
const EVIDENCE_BYTES_MAX = 100_000;

/** What somebody reports about a version. */
export interface CheckReport {
  readonly name: string;
  readonly status: CheckStatus;
  readonly summary: string | null;
  readonly url: string | null;
  readonly evidence: JsonValue | null;
  readonly expiresAt: Date | null;
}

type Absent = null | undefined;
export interface CheckReportInput {
  readonly name: string;
  readonly status: CheckStatus;
  readonly summary?: string | Absent;
  readonly url?: string | Absent;
  readonly evidence?: unknown;
  readonly expiresAt?: Date | Absent;
}

export function parseCheckReport(field: string, input: CheckReportInput): CheckReport {
  const { name, status, summary, url, evidence, expiresAt } = input;
  return {
    name: parseCheckName(`${field}.name`, name),
    status,
    summary: parseOptional(summary, (text) => parseRemark(`${field}.summary`, text, SUMMARY_MAX)) ?? null,
    url: parseOptional(url, (text) => parseWebUrl(`${field}.url`, text)) ?? null,
    evidence: (evidence ?? null) === null ? null : parseUserJson(`${field}.evidence`, evidence, EVIDENCE_BYTES_MAX),
    expiresAt: expiresAt ? parseClientTime(`${field}.expiresAt`, expiresAt) : null,
  };
}

export function parseCheckName(field: string, name: string): string {
  return parseLabel(field, name, NAME_MAX);
}
