import { type Config, databaseOptions } from "../config.js";
import { DatabaseStartError, findPendingMigrations, openDatabase } from "../store/database.js";
import { CommandError, type CommandIo, EXIT, type ExitCode } from "./command-io.js";
import { createLog } from "./create-log.js";

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
