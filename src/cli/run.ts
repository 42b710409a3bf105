import { CommanderError } from "commander";
import { LocalKeysError } from "../auth/local-keys.js";
import { ConfigError } from "../config/load-config.js";
import { CommandError, type CommandIo, EXIT, type ExitCode } from "./io/command-io.js";
import { buildProgram } from "./program.js";

function report(error: unknown, io: CommandIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) io.err(`shelfmark: ${problem}\n`);
    return EXIT.misused;
  }
  if (error instanceof CommandError || error instanceof LocalKeysError) {
    for (const line of error.message.split("\n")) io.err(`shelfmark: ${line}\n`);
    return error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
  io.err(`shelfmark: something unexpected went wrong.\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}

/** Runs one command line to its end. What was foreseen is told in a sentence; only a fault of ours shows a stack. */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  try {
    const setExit = { code: EXIT.done as ExitCode };
    await buildProgram(io, setExit).parseAsync(argv, { from: "user" });
    return setExit.code;
  } catch (error) {
    return report(error, io);
  }
}
