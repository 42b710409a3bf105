import type { Command } from "commander";
import { openAuditKey } from "../../auth/audit-key.js";
import { loadConfig } from "../../config/load-config.js";
import { makeFolder } from "../../store/folder/make-folder.js";
import type { CommandContext } from "../io/command-io.js";
import { type AuditExportOptions, auditExport } from "./audit-export.js";
import { type AuditReportOptions, auditReport } from "./audit-report.js";
import { type AuditVerifyOptions, auditVerify } from "./audit-verify.js";

const FROM = ["--from <revision>", "first revision (default: the first in the log)"] as const;
const TO = ["--to <revision>", "last revision (default: the newest)"] as const;

export function defineAudit(program: Command, { io, exitWith }: CommandContext): void {
  const audit = program.command("audit").description("verify and export the event log");
  audit
    .command("verify")
    .description("walk the hash chain; name the first row that was altered, removed or swapped, and exit with 1")
    .option(...FROM)
    .option(...TO)
    .option("--key <path>", "public key of the checkpoints (default: of SHELFMARK_AUDIT_KEY or of the data folder)")
    .option("--checkpoints <path>", "checkpoint file (default: checkpoints.jsonl in the data folder)")
    .option("--file <path>", "verify this export, or the archive in this folder, instead of the database")
    .option("--log", "with an archive: also verify the log of the database, and that it continues from the archive")
    .action(async (options: AuditVerifyOptions) => exitWith(await auditVerify(loadConfig(io.env), options, io)));
  audit
    .command("export")
    .description("write the log as JSON lines, from which the hash chain can be verified")
    .option(...FROM)
    .option(...TO)
    .option("--out <path>", "output file (default: standard output)")
    .action((options: AuditExportOptions) => auditExport(loadConfig(io.env), options, io));
  audit
    .command("report")
    .description(
      "list what was promoted, by whom, why, and what policies said; exit with 1 if a line differs from the log",
    )
    .option("--model <glob...>", "names or globs of models, now or when they were promoted (default: all)")
    .option("--stage <stage...>", "only to these stages, and to the given aliases")
    .option("--alias <alias...>", "only to these aliases, and to the given stages")
    .option("--overridden", "only where policies were overridden")
    .option("--rollbacks", "only of versions that had held the target before")
    .option("--from <time>", "first day or time, inclusive (default: the beginning)")
    .option("--to <time>", "end, exclusive (default: now)")
    .option(
      "--format <format>",
      "md for people, json for programs (a document on each line), csv for spreadsheets",
      "md",
    )
    .option("--out <path>", "output file (default: standard output)")
    .action(async (options: AuditReportOptions) => exitWith(await auditReport(loadConfig(io.env), options, io)));
  audit
    .command("key")
    .description("print the public key of the checkpoints, to verify them elsewhere")
    .action(async () => {
      const { audit, dataFolder } = loadConfig(io.env);
      io.out((await openAuditKey(audit.key, dataFolder, makeFolder)).publicPem);
    });
}
