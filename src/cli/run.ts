import { CommanderError } from "commander";
import { AuditKeyError } from "../auth/audit-key.js";
import { LocalKeysError } from "../auth/local-keys.js";
import { ConfigError } from "../config/load-config.js";
import { ArchiveError } from "../store/audit/archive-fault.js";
import { NoHeadError } from "../store/audit/audit-rows.js";
import { ExportError } from "../store/audit/log-file.js";
import { DatabaseStartError } from "../store/connection/start-error.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, note } from "./io/command-io.js";
import { buildProgram } from "./program.js";

/** Errors whose messages are sentences for the person who runs the command. */
const EXPECTED = [
  ArchiveError,
  CommandError,
  AuditKeyError,
  DatabaseStartError,
  ExportError,
  LocalKeysError,
  NoHeadError,
];

/** Runs one command line to its end. Only an unexpected error shows a stack. */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const exitWith = (code: ExitCode) => {
    exitCode = code;
  };
  try {
    await buildProgram({ io, exitWith }).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return reportError(error, io);
  }
}

function reportError(error: unknown, io: CommandIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) note(io, problem);
    return EXIT.misused;
  }
  if (error instanceof Error && EXPECTED.some((expected) => error instanceof expected)) {
    for (const line of error.message.split("\n")) note(io, line);
    return error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
  io.err(`shelfmark: an unexpected error occurred.\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}
