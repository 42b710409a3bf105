import { type Config, databaseOptions } from "../../config/load-config.js";
import type { Database } from "../../store/connection/database.js";
import { DatabaseStartError } from "../../store/connection/start-error.js";
import { hasDatabase } from "../../store/folder/data-folder.js";
import { openDatabase } from "../../store/open-database.js";
import { CommandError } from "./command-io.js";
import { createLog } from "./create-log.js";

/** Works on the database that the configuration names, without a server; makes none where there is none. */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const options = databaseOptions(config);
  try {
    if (options.kind === "pglite" && !(await hasDatabase(options.folder))) {
      throw new CommandError(
        `There is no database in ${options.folder}; set SHELFMARK_DATA to a server's data folder.`,
      );
    }
    const database = await openDatabase(options, createLog(config));
    return await work(database).finally(() => database.close());
  } catch (error) {
    throw error instanceof DatabaseStartError ? new CommandError(error.message) : error;
  }
}
