import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { type CheckReport, type CheckReportInput, parseCheckReport } from "../../domain/governance/check.js";
import type { JsonValue } from "../../domain/values/json.js";
import { always, type MeaningOf, moment, optional, userJson } from "../../domain/values/meaning.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { writeCheck } from "../../store/governance/write-check.js";
import { type LockedVersion, lockVersion } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { withIdempotencyKey } from "../idempotency.js";

export interface ReportCheckInput extends CheckReportInput {
  readonly version: ModelVersionRef;
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * Reports what a test, a scan or a ticket outside says about a version. Every report is kept; of those with one name the
 * newest counts. It is about the digest that the version has now.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND; CONFLICT if the idempotency key was used with other input.
 */
export async function reportCheck(context: CommandContext, input: ReportCheckInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.reportCheck], "reportCheck");
  const report = parseCheckReport("input", input);
  return context.transact(async (work) => {
    const locked = await lockVersion(work, input.version);
    const meaning = meaningOfReport(locked.version.id, report);
    return withIdempotencyKey(work, { mutation: "reportCheck", input, meaning }, () =>
      insertCheck(work, locked, report),
    );
  });
}

function meaningOfReport(versionId: string, report: CheckReport): MeaningOf<ReportCheckInput> {
  const { name, status, summary, url, evidence, expiresAt } = report;
  return {
    version: always(versionId),
    name: always(name),
    status: always(status),
    summary: optional(summary),
    url: optional(url),
    evidence: userJson(evidence ?? undefined),
    expiresAt: moment(expiresAt),
  };
}

async function insertCheck(
  work: Work,
  { model, version }: LockedVersion,
  report: CheckReport,
): Promise<{ id: string }> {
  const id = work.newId();
  const { digest } = version;
  const check = { ...report, id, versionId: version.id, digest, reportedAt: work.at };
  await writeCheck(work.tx, check, authorOf(work.viewer));
  const { name, status, summary, url, evidence, expiresAt } = report;
  const after: Record<string, JsonValue> = {
    name,
    status,
    summary,
    url,
    evidence,
    digest,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
  work.emit({ type: "check.reported", subject: { type: "Check", id }, model, version, after });
  return { id };
}
