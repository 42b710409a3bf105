import { execFileSync } from "node:child_process";
import { findPostgres } from "../../support/database/postgres-cluster.js";

const ADVICE = "Install PostgreSQL (apt-get install postgresql), or name a server by BENCH_DATABASE_URL.";

/** The programs of PostgreSQL on this machine, which Debian's packages bring if they are missing. */
export function findOrInstallPostgres(): string {
  const found = findPostgres();
  if (found) return found;
  console.error("PostgreSQL is not on this machine: installing Debian's package postgresql …");
  try {
    run("apt-get", "update", "-qq");
    run("apt-get", "install", "-y", "-qq", "postgresql");
  } catch (cause) {
    throw new Error(`PostgreSQL could not be installed. ${ADVICE}`, { cause });
  }
  const installed = findPostgres();
  if (!installed) throw new Error(`The package postgresql brought no server. ${ADVICE}`);
  return installed;
}

function run(command: string, ...args: string[]): void {
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [name = "", ...rest] = [...asRoot, command, ...args];
  execFileSync(name, rest, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
