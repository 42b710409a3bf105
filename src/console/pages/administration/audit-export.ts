import type { Client, CombinedError } from "urql";
import { toCsv } from "../../exports/csv";
import { AUDIT_PAGE, type AuditEntry } from "./audit-query";
import type { AuditFilter } from "./audit-search";

/** More is for `shelfmark audit export`, which does not hold it in memory. */
export const MAX_EXPORTED = 10_000;
const PAGE = 200;

export interface ReadAudit {
  readonly entries: readonly AuditEntry[];
  readonly isCut: boolean;
  readonly error?: CombinedError;
}

/** Reads the entries that the filter matches, the newest first, page by page. */
export async function readAudit(client: Client, where: AuditFilter): Promise<ReadAudit> {
  const entries: AuditEntry[] = [];
  let before: string | null = null;
  while (entries.length < MAX_EXPORTED) {
    const variables: { where: AuditFilter; before: string | null; last: number } = { where, before, last: PAGE };
    const { data, error } = await client.query(AUDIT_PAGE, variables, { requestPolicy: "network-only" }).toPromise();
    if (error || !data) return { entries, isCut: true, ...(error && { error }) };
    entries.push(...data.audit.nodes.toReversed());
    if (!data.audit.pageInfo.hasPreviousPage) return { entries, isCut: false };
    before = data.audit.pageInfo.startCursor;
  }
  return { entries, isCut: true };
}

const COLUMNS = [
  "revision",
  "at",
  "type",
  "actor",
  "issuer",
  "model",
  "version",
  "experiment",
  "environment",
  "subjectType",
  "subjectId",
  "before",
  "after",
  "requestId",
  "tokenId",
  "eventId",
  "hash",
] as const;

export function auditAsCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map((entry) => [
    entry.revision,
    entry.at,
    entry.type,
    entry.actor.subject,
    entry.actor.issuer,
    entry.modelName,
    entry.versionNumber,
    entry.experimentName,
    entry.environment,
    entry.subjectType,
    entry.subjectId,
    toJson(entry.before),
    toJson(entry.after),
    entry.requestId,
    entry.tokenId,
    entry.eventId,
    entry.hash,
  ]);
  return toCsv([COLUMNS, ...rows]);
}

export function toJsonLines(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

function toJson(value: unknown): string {
  return value === null ? "" : JSON.stringify(value);
}
