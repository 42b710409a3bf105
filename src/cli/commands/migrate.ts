import type { Command } from "commander";
import { type Config, databaseOptions, loadConfig } from "../../config/load-config.js";
import { type CommandContext, type CommandIo, EXIT, type ExitCode } from "../io/command-io.js";
import { createLog } from "../io/create-log.js";

export function defineMigrate(program: Command, { io, exitWith }: CommandContext): void {
  program
    .command("migrate")
    .description("apply pending database migrations; the server does this too when it starts")
    .option("--check", "change nothing; exit with 1 if migrations are pending")
    .action(async ({ check = false }: { check?: boolean }) => {
      exitWith(await migrate(loadConfig(io.env), check, io));
    });
}

async function migrate(config: Config, isCheck: boolean, io: CommandIo): Promise<ExitCode> {
  const { findPendingMigrations, openDatabase } = await import("../../store/open-database.js");
  const options = databaseOptions(config);
  const log = createLog(config);
  const pending = await findPendingMigrations(options, log);
  if (pending.length === 0) {
    io.out("The database is up to date.\n");
    return EXIT.done;
  }
  if (isCheck) {
    io.out(pending.map((name) => `pending: ${name}\n`).join(""));
    return EXIT.failed;
  }
  const database = await openDatabase(options, log);
  await database.close();
  io.out(pending.map((name) => `applied: ${name}\n`).join(""));
  return EXIT.done;
}
