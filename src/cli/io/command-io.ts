import type { Environment } from "../../config/load-config.js";
import { oneLine } from "../../util/safe-text.js";

/** What a command uses of its process. */
export interface CommandIo {
  readonly env: Environment;
  readonly now: () => Date;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  /** Shows a question and resolves to the line that the person types; null if no terminal is there to type in. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Resolves at the first SIGINT or SIGTERM. */
  readonly untilStopped: () => Promise<void>;
  /** Calls back at each SIGHUP. */
  readonly onReload: (reload: () => void) => void;
}

export const EXIT = { done: 0, failed: 1, misused: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the definition of a command receives. */
export interface CommandContext {
  readonly io: CommandIo;
  /** Sets the exit code of a command that ends without an error. */
  readonly exitWith: (code: ExitCode) => void;
}

/** Ends a command. The message is for the person who typed it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ends a command that has a mistake on its command line. */
export function misuse(message: string): CommandError {
  return new CommandError(message, EXIT.misused);
}

/** Writes a sentence to standard error. What others sent and is quoted in it cannot drive the terminal. */
export function note(io: CommandIo, sentence: string): void {
  io.err(`shelfmark: ${sentence.split("\n").map(oneLine).join("\n")}\n`);
}
