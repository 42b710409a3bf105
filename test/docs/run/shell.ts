import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TERMINAL = fileURLToPath(new URL("terminal.sh", import.meta.url));
const STOP_MS = 30_000;

/** What a block printed, and how it ended. */
export interface Printed {
  readonly out: string;
  /** Standard output and standard error, as a terminal shows them. */
  readonly all: string;
  /** Null as long as it runs. */
  readonly code: number | null;
}

export interface Running {
  printed(): Printed;
  readonly ended: Promise<Printed>;
  /** Ends it and everything that it started. */
  stop(): Promise<void>;
}

/** One terminal: what a block exports, defines or changes into holds for the blocks after it. */
export class Shell {
  private readonly state: string;
  private readonly env: NodeJS.ProcessEnv;

  /** `state` is the file that keeps the terminal's state between two blocks. */
  constructor(state: string, folder: string, env: NodeJS.ProcessEnv) {
    this.state = state;
    this.env = env;
    writeFileSync(state, "");
    this.changeFolder(folder);
  }

  changeFolder(folder: string): void {
    appendFileSync(this.state, `cd ${quote(folder)}\n`);
  }

  /** Lets the next blocks start with these variables, whatever the blocks before have set. */
  export(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      appendFileSync(this.state, `export ${name}=${quote(value)}\n`);
    }
  }

  start(script: string, { keep }: { keep: boolean }): Running {
    const args = ["--norc", TERMINAL, this.state, keep ? "keep" : "forget", script];
    // In a group of its own, so that everything that it starts ends with it.
    const child = spawn("bash", args, { env: this.env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let [out, all] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      all += text;
    });
    const printed = () => ({ out, all, code: child.exitCode ?? (child.signalCode === null ? null : 128) });
    const ended = new Promise<Printed>((resolve) => child.on("close", () => resolve(printed())));
    return { printed, ended, stop: () => stopGroup(child, ended) };
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function stopGroup({ pid = 0 }: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // it has ended
    }
  };
  kill("SIGTERM");
  const timer = setTimeout(kill, STOP_MS, "SIGKILL");
  await ended;
  clearTimeout(timer);
}
