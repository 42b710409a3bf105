import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "../../config/load-config.js";

/** A command that somebody gave to `--exec`: run by the shell, told what to do by environment and standard input alone. */
export interface ExecRequest {
  readonly command: string;
  /** The environment of this process. */
  readonly inherited: Environment;
  /** Added to it. Names reach the command here, never as shell text. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Written to its standard input, as one line of JSON. */
  readonly input: object;
  /** How long it may run: then it is asked to end (SIGTERM), and soon made to, with all that it started. */
  readonly timeoutMs?: number | undefined;
}

/** What is run each time, whatever for. */
export type ExecCommand = Pick<ExecRequest, "command" | "inherited" | "timeoutMs">;

const LAST_WORDS_MS = 5_000;

/** Runs the command to its end; throws a sentence if it did not end with 0. Its output goes where ours goes. */
export function execCommand({ command, inherited, env, input, timeoutMs }: ExecRequest): Promise<void> {
  // what is not given is not inherited either: it would be of another version
  const given = Object.entries(env).map(([name, value]) => [name, value ?? undefined]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...inherited, ...Object.fromEntries(given) },
      // a group of its own, so that what the shell has started ends with it
      detached: timeoutMs !== undefined,
    });
    const lateness = timeoutMs === undefined ? () => null : endLate(child, timeoutMs);
    child.on("error", reject);
    // whoever does not read its input closes the pipe, which is no fault
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(input)}\n`);
    child.on("close", (code, signal) => {
      const late = lateness();
      if (late) reject(late);
      else if (code === 0) resolve();
      else reject(new Error(`The command ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}

/** Ends the command's group when its time is up. Tells what to say of it then. */
function endLate(child: ChildProcess, timeoutMs: number): () => Error | null {
  let late = false;
  let force: NodeJS.Timeout;
  const timer = setTimeout(() => {
    late = true;
    signalGroup(child, "SIGTERM");
    force = setTimeout(() => signalGroup(child, "SIGKILL"), LAST_WORDS_MS);
  }, timeoutMs);
  child.on("close", () => {
    clearTimeout(timer);
    clearTimeout(force);
    // nothing of a deployment that has failed goes on beside the next one
    if (late) signalGroup(child, "SIGKILL");
  });
  return () => (late ? new Error(`The command took longer than ${timeoutMs / 1_000} s, and was ended.`) : null);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    // all of it has ended already
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
