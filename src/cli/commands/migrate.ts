import { type Config, databaseOptions } from "../../config/load-config.js";
import { DatabaseStartError } from "../../store/connection/start-error.js";
import { findPendingMigrations, openDatabase } from "../../store/open-database.js";
import { CommandError, type CommandIo, EXIT, type ExitCode } from "../io/command-io.js";
import { createLog } from "../io/create-log.js";

/** Brings the database up to date, or says what it lacks. */
export async function migrate(config: Config, { isCheck }: { isCheck: boolean }, io: CommandIo): Promise<ExitCode> {
  const options = databaseOptions(config);
  const log = createLog(config);
  try {
    const pending = await findPendingMigrations(options, log);
    if (pending.length === 0) {
      io.out("The database is up to date.\n");
      return EXIT.done;
    }
    if (isCheck) {
      io.out(`${pending.map((name) => `pending: ${name}`).join("\n")}\n`);
      return EXIT.failed;
    }
    const database = await openDatabase(options, log);
    await database.close();
    io.out(`${pending.map((name) => `applied: ${name}`).join("\n")}\n`);
    return EXIT.done;
  } catch (error) {
    throw error instanceof DatabaseStartError ? new CommandError(error.message) : error;
  }
}
