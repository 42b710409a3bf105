import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./folder-holder.ts", import.meta.url));
const running = new Set<ChildProcess>();

export interface FolderProcess {
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Waits until it prints the text; rejects if it ends before. */
  prints(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Starts a process that opens a database folder (`open`), or locks it (`lock`). */
export function startFolderProcess(mode: "open" | "lock", folder: string): FolderProcess {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, mode, folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let printed = "";
  const append = (text: string) => {
    printed += text;
  };
  child.stdout.setEncoding("utf8").on("data", append);
  child.stderr.setEncoding("utf8").on("data", append);
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => printed,
    ended,
    async prints(text) {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (!printed.includes(text)) {
        if (over) throw new Error(`The process ended without printing "${text}": ${printed}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

export async function killFolderProcesses(): Promise<void> {
  const children = [...running];
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(
    children.map((child) => child.exitCode ?? child.signalCode ?? new Promise((r) => child.on("close", r))),
  );
}
