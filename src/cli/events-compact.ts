import type { Config } from "../config.js";
import { compactLog } from "../store/compaction.js";
import { type DatabaseOptions, DatabaseStartError, openDatabase } from "../store/database.js";
import { CommandError, type CommandIo } from "./command-io.js";
import { createLog } from "./create-log.js";
import { parseDuration } from "./duration.js";

const LONGEST_DAYS = 3_660;

/** Takes old events out of the log: streams cannot begin before them any more; the chain of what is left stays whole. */
export async function compactEvents(config: Config, { keep }: { keep: string }, io: CommandIo): Promise<void> {
  const before = new Date(io.now().getTime() - parseDuration("--keep", keep, LONGEST_DAYS) * 1_000);
  const options: DatabaseOptions = { ...config.database, statementTimeoutMs: config.limits.statementTimeoutMs };
  try {
    const database = await openDatabase(options, createLog(config));
    try {
      const { gone, until, head } = await compactLog(database.prisma, before);
      const held = until ? `from revision ${until.revision + 1n} to ${head}` : `all ${head} of its revisions`;
      io.out(`${gone} events before ${before.toISOString()} left the log; it holds ${held}.\n`);
    } finally {
      await database.close();
    }
  } catch (error) {
    throw error instanceof DatabaseStartError ? new CommandError(error.message) : error;
  }
}
