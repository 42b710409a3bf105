#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import type { CommandIo } from "./cli/io/command-io.js";
import { runCommandLine } from "./cli/run.js";
import { readEnvironment } from "./config/environment.js";

/** The process ends after this time even if a handle is still open. */
const LINGER_MS = 3_000;
const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first signal stops the command in an orderly way; the second ends the process. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(SIGNAL_EXIT[signal]);
        isStopping = true;
        resolve();
      });
    }
  });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

const io: CommandIo = {
  env: readEnvironment(),
  now: () => new Date(),
  out: (part) => void process.stdout.write(part),
  err: (part) => void process.stderr.write(part),
  readStdin: () => text(process.stdin),
  ask: process.stdin.isTTY ? ask : null,
  untilStopped,
  onReload: (reload) => void process.on("SIGHUP", reload),
};

// a reader that closes the pipe early (`| head`) is not an error
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await runCommandLine(process.argv.slice(2), io);
setTimeout(() => process.exit(), LINGER_MS).unref();
