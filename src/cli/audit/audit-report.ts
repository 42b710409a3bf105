import type { Config } from "../../config/load-config.js";
import type { ReportFilter } from "../../domain/reports/report-filter.js";
import { STAGES, type Stage } from "../../domain/versions/stage.js";
import { type CommandIo, EXIT, type ExitCode, misuse, note } from "../io/command-io.js";
import { parsePointInTime } from "../io/point-in-time.js";
import { withDatabase } from "../io/with-database.js";
import { withLines } from "../io/write-lines.js";
import { localAuditor } from "../report/auditor.js";
import { FORMAT_NAMES, type FormatName, type ReportHead } from "../report/report-format.js";
import { plural } from "../report/report-text.js";

export interface AuditReportOptions {
  readonly model?: readonly string[];
  readonly stage?: readonly string[];
  readonly alias?: readonly string[];
  readonly overridden?: true;
  readonly rollbacks?: true;
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
  readonly out?: string;
}

/** Fails if a promotion differs from its event. */
export async function auditReport(config: Config, options: AuditReportOptions, io: CommandIo): Promise<ExitCode> {
  const name = parseFormat(options.format);
  const filter = toFilter(options);
  const { FORMATS } = await import("../report/formats.js");
  const { readHead } = await import("../../store/events/event-log.js");
  const { walkReport } = await import("../../store/reports/walk-report.js");
  const format = FORMATS[name];
  const report = await withLines(io, options.out, (write) =>
    withDatabase(config, async ({ prisma }) => {
      const { logId, revision, hash, at, compactedRevision } = await readHead(prisma);
      const head = { logId, madeAt: io.now(), filter, revision, hash, at, compactedRevision };
      for (const line of format.head(head)) await write(line);
      let [count, differing] = [0, 0];
      for await (const promotion of walkReport(prisma, localAuditor(), filter, revision)) {
        for (const line of format.promotion(promotion)) await write(line);
        count++;
        if (promotion.proof.state === "DIFFERS") differing++;
      }
      for (const line of format.end(count)) await write(line);
      return { head, count, differing };
    }),
  );
  if (name === "csv") noteHead(report.head, io);
  if (options.out !== undefined) io.out(`${plural(report.count, "promotion")} of the report are in ${options.out}.\n`);
  if (report.differing === 0) return EXIT.done;
  note(io, `${plural(report.differing, "line")} of the report differ from the log. Run: shelfmark audit verify`);
  return EXIT.failed;
}

/** A CSV file has no place for it. */
function noteHead({ logId, revision, hash, madeAt }: ReportHead, io: CommandIo): void {
  note(io, `Report of the log ${logId} up to revision ${revision}, hash ${hash}, made ${madeAt.toISOString()}.`);
}

function toFilter({ model, stage, alias, overridden, rollbacks, ...range }: AuditReportOptions): ReportFilter {
  const [from, to] = [parsePointInTime("--from", range.from), parsePointInTime("--to", range.to)];
  if (from && to && from >= to) throw misuse("--to must be later than --from: it is exclusive.");
  return {
    models: model,
    stages: stage?.map(parseStage),
    aliases: alias,
    overridden,
    heldBefore: rollbacks,
    from,
    to,
  };
}

function parseFormat(text: string): FormatName {
  const format = FORMAT_NAMES.find((known) => known === text);
  if (format) return format;
  throw misuse(`--format is "${text}"; it must be json, csv or md.`);
}

function parseStage(text: string): Stage {
  const stage = STAGES.find((known) => known === text.toUpperCase());
  if (stage) return stage;
  throw misuse(`--stage is "${text}"; it must be STAGING or PRODUCTION.`);
}
