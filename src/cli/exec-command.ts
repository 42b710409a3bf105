import { spawn } from "node:child_process";
import type { Environment } from "../config.js";

/** A command that somebody gave to `--exec`: run by the shell, told what to do by environment and standard input alone. */
export interface ExecRequest {
  readonly command: string;
  /** The environment of this process. */
  readonly inherited: Environment;
  /** Added to it. Names reach the command here, never as shell text. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Written to its standard input, as one line of JSON. */
  readonly input: object;
}

/** Runs the command to its end; throws a sentence if it did not end with 0. Its output goes where ours goes. */
export function execCommand({ command, inherited, env, input }: ExecRequest): Promise<void> {
  // what is not given is not inherited either: it would be of another version
  const given = Object.entries(env).map(([name, value]) => [name, value ?? undefined]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...inherited, ...Object.fromEntries(given) },
    });
    child.on("error", reject);
    // whoever does not read its input closes the pipe, which is no fault
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(input)}\n`);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`The command ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}
