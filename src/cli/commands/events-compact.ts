import { AuditKeyError, openAuditKey } from "../../auth/audit-key.js";
import type { Config } from "../../config/load-config.js";
import { NoHeadError } from "../../store/audit/audit-rows.js";
import { checkpointFile } from "../../store/audit/checkpoints.js";
import { type Compaction, compactLog, TamperedLogError } from "../../store/audit/compaction.js";
import { makeFolder } from "../../store/folder/make-folder.js";
import { CommandError, type CommandIo } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";
import { tellFault } from "../io/report-failure.js";
import { withDatabase } from "../io/with-database.js";

const LONGEST_DAYS = 3_660;

export interface CompactOptions {
  readonly keep: string;
  readonly acceptEarlier?: true;
}

/** Takes old events out of the log: streams cannot begin before them any more; the chain of what is left stays whole. */
export async function compactEvents(
  config: Config,
  { keep, acceptEarlier }: CompactOptions,
  io: CommandIo,
): Promise<void> {
  const before = new Date(io.now().getTime() - parseDuration("--keep", keep, LONGEST_DAYS) * 1_000);
  try {
    const { gone, until, head } = await withDatabase(config, async (database) => {
      const key = await openAuditKey(config.audit.key, config.dataFolder, makeFolder);
      return compactLog(database, { before, key, file: checkpointFile(config.dataFolder), acceptEarlier });
    });
    io.out(`${gone} events before ${before.toISOString()} left the log; it holds ${describeRest(until, head)}.\n`);
  } catch (error) {
    if (error instanceof TamperedLogError) {
      throw new CommandError(`Nothing left the log, for it was tampered with: ${tellFault(error.fault)}`);
    }
    throw error instanceof AuditKeyError || error instanceof NoHeadError ? new CommandError(error.message) : error;
  }
}

function describeRest(until: Compaction["until"], head: bigint): string {
  if (!until) return `all ${head} of its revisions`;
  return until.revision === head ? "none any more" : `from revision ${until.revision + 1n} to ${head}`;
}
