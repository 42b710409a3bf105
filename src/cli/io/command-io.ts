import type { Environment } from "../../config/load-config.js";

/** What a command has of the process around it. */
export interface CommandIo {
  readonly env: Environment;
  readonly now: () => Date;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  /** Resolves when the process is asked to stop. */
  readonly untilStopped: () => Promise<void>;
  /** Calls back when the process is asked to read its configuration again. */
  readonly onReload: (reload: () => void) => void;
}

export const EXIT = { done: 0, failed: 1, misused: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the person who typed it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ends a command that was typed wrongly. */
export function misuse(message: string): CommandError {
  return new CommandError(message, EXIT.misused);
}
