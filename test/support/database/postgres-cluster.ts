import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../process/free-port.js";

const DEBIAN = "/usr/lib/postgresql";

export interface PostgresCluster {
  readonly url: string;
  stop(): void;
}

/** The programs of the newest PostgreSQL that Debian's packages installed. */
export function findPostgres(): string | undefined {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions[0] ? join(DEBIAN, versions[0], "bin") : undefined;
  } catch {
    return undefined;
  }
}

/** Tests do not have to survive a loss of power. */
const TEST_SETTINGS = ["fsync=off"];

/** A PostgreSQL server of its own, which trusts everybody on this machine. */
export async function startPostgres(
  bin: string,
  settings: readonly string[] = TEST_SETTINGS,
): Promise<PostgresCluster> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("chown", ["postgres", folder]);
  else chmodSync(folder, 0o700);
  const run = (program: string, ...args: string[]) => {
    const command = [join(bin, program), ...args];
    const [name = "", ...rest] = isRoot ? ["setpriv", "--reuid=postgres", "--clear-groups", ...command] : command;
    execFileSync(name, rest, { cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
  };
  run("initdb", "-D", data, "-U", "shelfmark", "-A", "trust", "-E", "UTF8");
  const options = [
    `-p ${port} -k ${folder}`,
    ...["listen_addresses=127.0.0.1", ...settings].map((each) => `-c ${each}`),
  ];
  run("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", options.join(" "), "start");
  return {
    url: `postgres://shelfmark@127.0.0.1:${port}/postgres`,
    stop() {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
