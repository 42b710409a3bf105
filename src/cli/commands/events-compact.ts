import type { Command } from "commander";
import { openAuditKey } from "../../auth/audit-key.js";
import { type Config, loadConfig } from "../../config/load-config.js";
import { checkpointFile } from "../../store/audit/checkpoints.js";
import type { Compaction } from "../../store/audit/compaction.js";
import { makeFolder } from "../../store/folder/make-folder.js";
import { type CommandContext, CommandError, type CommandIo } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";
import { describeFault } from "../io/fault-sentence.js";
import { withDatabase } from "../io/with-database.js";

interface CompactOptions {
  readonly keep: string;
  readonly acceptEarlier?: true;
}

export function defineEventsCompact(program: Command, { io }: CommandContext): void {
  program
    .command("events")
    .description("manage the event log")
    .command("compact")
    .description("remove old events from the log; streams can then no longer start before the remaining ones")
    .requiredOption("--keep <time>", "keep the events of the last 12h, 30d, …")
    .option("--accept-earlier", "also sign for events that were removed by an earlier version or with another key")
    .action((options: CompactOptions) => compactEvents(loadConfig(io.env), options, io));
}

const MAX_DAYS = 3_660;

async function compactEvents(config: Config, { keep, acceptEarlier }: CompactOptions, io: CommandIo): Promise<void> {
  const before = new Date(io.now().getTime() - parseDuration("--keep", keep, MAX_DAYS) * 1_000);
  const { compactLog, TamperedLogError } = await import("../../store/audit/compaction.js");
  try {
    const { gone, until, head } = await withDatabase(config, async (database) => {
      const key = await openAuditKey(config.audit.key, config.dataFolder, makeFolder);
      return compactLog(database, { before, key, file: checkpointFile(config.dataFolder), acceptEarlier });
    });
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
