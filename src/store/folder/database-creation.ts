import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { DatabaseStartError } from "../connection/start-error.js";

const isSource = import.meta.url.endsWith(".ts");
const CHILD = fileURLToPath(new URL(`./database-creation-child.${isSource ? "ts" : "js"}`, import.meta.url));

/** Creates a migrated PGlite folder in a child process, so that the memory that this needs is freed when it ends. */
export async function createInChild(folder: string): Promise<void> {
  const child = fork(CHILD, [folder], { execArgv: childArguments(), stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let message = "";
  let errors = "";
  child.on("message", (sent) => {
    message = String(sent);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
  if (code === 0) return;
  throw new DatabaseStartError(message || `Creating the embedded database failed (${code}): ${errors.trim()}`);
}

/** From source (tests, development) the child needs a loader for TypeScript. */
function childArguments(): string[] {
  return isSource ? ["--import", createRequire(import.meta.url).resolve("tsx")] : [];
}
