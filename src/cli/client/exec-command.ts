import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "../../config/load-config.js";
import { errorCode } from "../../util/error-text.js";

/** One run of the command of `--exec`. The shell runs it; its input is the environment and standard input only. */
export interface ExecRequest {
  readonly command: string;
  /** The environment of this process. */
  readonly inherited: Environment;
  /** Added to the environment; null removes a variable. Names reach the command here, never as shell text. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Written to standard input as one line of JSON. */
  readonly input: object;
  /** After this time the command and all processes that it started get SIGTERM, and soon SIGKILL. */
  readonly timeoutMs?: number | undefined;
}

/** What is the same for all runs of a command. */
export type ExecCommand = Pick<ExecRequest, "command" | "inherited" | "timeoutMs">;

const KILL_AFTER_MS = 5_000;

/** Runs the command to its end. Rejects if its exit code is not 0. Its output goes to the output of this process. */
export function execCommand({ command, inherited, env, input, timeoutMs }: ExecRequest): Promise<void> {
  // a variable without a value is not inherited either: that would be the value of another version
  const variables = Object.entries(env).map(([name, value]) => [name, value ?? undefined]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...inherited, ...Object.fromEntries(variables) },
      // a process group of its own, so that the processes that the shell starts end with it
      detached: timeoutMs !== undefined,
    });
    const timeout = timeoutMs === undefined ? null : killAfter(child, timeoutMs);
    child.on("error", reject);
    // a command that does not read its input closes the pipe, which is not an error
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(input)}\n`);
    child.on("close", (code, signal) => {
      const late = timeout?.error();
      if (late) reject(late);
      else if (code === 0) resolve();
      else reject(new Error(`The command ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}

/** Kills the process group of the command after the time. `error` is null for a command that ended before. */
function killAfter(child: ChildProcess, timeoutMs: number): { error: () => Error | null } {
  let isLate = false;
  let force: NodeJS.Timeout;
  const timer = setTimeout(() => {
    isLate = true;
    signalGroup(child, "SIGTERM");
    force = setTimeout(() => signalGroup(child, "SIGKILL"), KILL_AFTER_MS);
  }, timeoutMs);
  child.on("close", () => {
    clearTimeout(timer);
    clearTimeout(force);
    // no process of a failed deployment may run beside the next deployment
    if (isLate) signalGroup(child, "SIGKILL");
  });
  return {
    error: () => (isLate ? new Error(`The command took longer than ${timeoutMs / 1_000} s and was killed.`) : null),
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    // the whole group has ended already
    if (errorCode(error) !== "ESRCH") throw error;
  }
}
