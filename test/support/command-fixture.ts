import type { CommandIo } from "../../src/cli/io/command-io.js";
import { runCommandLine } from "../../src/cli/run.js";
import type { Environment } from "../../src/config/load-config.js";

export const NOW = new Date("2026-11-20T12:00:00.000Z");

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as the process would, and returns what it printed. */
export async function runCommand(argv: readonly string[], env: Environment = {}, stdin = ""): Promise<CommandOutcome> {
  const out: string[] = [];
  const err: string[] = [];
  const io: CommandIo = {
    env,
    now: () => NOW,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readStdin: async () => stdin,
    untilStopped: async () => undefined,
    ask: null,
    onReload: () => {},
  };
  const code = await runCommandLine(argv, io);
  return { code, out: out.join(""), err: err.join("") };
}
