import { type Config, databaseOptions } from "../../config/load-config.js";
import type { Database } from "../../store/connection/database.js";
import { CommandError } from "./command-io.js";
import { createLog } from "./create-log.js";

/** Opens the database of the configuration without a server. Does not create one. */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const options = databaseOptions(config);
  const { hasDatabase } = await import("../../store/folder/data-folder.js");
  if (options.kind === "pglite" && !(await hasDatabase(options.folder))) {
    throw new CommandError(`There is no database in ${options.folder}; set SHELFMARK_DATA to a server's data folder.`);
  }
  const { openDatabase } = await import("../../store/open-database.js");
  const database = await openDatabase(options, createLog(config));
  return work(database).finally(() => database.close());
}
