import type { Command } from "commander";
import { openAuditKey } from "../../auth/audit-key.js";
import { type Config, loadConfig } from "../../config/load-config.js";
import { describeFault } from "../../domain/events/log-fault.js";
import { checkpointFile } from "../../store/audit/checkpoints.js";
import type { Compaction } from "../../store/audit/compaction.js";
import { TamperedLogError } from "../../store/audit/tampered-log.js";
import { makeFolder } from "../../store/folder/make-folder.js";
import { type CommandContext, CommandError, type CommandIo } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";
import { withDatabase } from "../io/with-database.js";

interface CompactOptions {
  readonly keep: string;
  readonly acceptEarlier?: true;
  readonly archive?: string;
}

export function defineEventsCompact(program: Command, { io }: CommandContext): void {
  program
    .command("events")
    .description("manage the event log")
    .command("compact")
    .description("remove old events from the log; streams can then no longer start before the remaining ones")
    .requiredOption("--keep <time>", "keep the events of the last 12h, 30d, …")
    .option("--archive <folder>", "write the events to this folder, as a signed segment, before they are removed")
    .option("--accept-earlier", "also sign for events that were removed by an earlier version or with another key")
    .action((options: CompactOptions) => compactEvents(loadConfig(io.env), options, io));
}

const MAX_DAYS = 3_660;

async function compactEvents(
  config: Config,
  { keep, acceptEarlier, archive }: CompactOptions,
  io: CommandIo,
): Promise<void> {
  const before = new Date(io.now().getTime() - parseDuration("--keep", keep, MAX_DAYS) * 1_000);
  const { compactLog } = await import("../../store/audit/compaction.js");
  try {
    const { gone, until, head, archived } = await withDatabase(config, async (database) => {
      const key = await openAuditKey(config.audit.key, config.dataFolder, makeFolder);
      return compactLog(database, { before, key, file: checkpointFile(config.dataFolder), acceptEarlier, archive });
    });
    if (archived) {
      const { path, from, to, keyId } = archived;
      io.out(`Archived revisions ${from} to ${to} in ${path}, signed with the key ${keyId}.\n`);
    }
    io.out(`Removed ${gone} events before ${before.toISOString()}. ${describeRest(until, head)}\n`);
  } catch (error) {
    if (!(error instanceof TamperedLogError)) throw error;
    throw new CommandError(`Nothing was removed, because the log was tampered with: ${describeFault(error.fault)}`);
  }
}

function describeRest(until: Compaction["until"], head: bigint): string {
  if (!until) return `The log holds all ${head} revisions.`;
  if (until.revision === head) return "The log holds no revisions.";
  return `The log holds revisions ${until.revision + 1n} to ${head}.`;
}
