import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgres } from "../../support/database/postgres-cluster.js";
import { ROOT } from "../blocks.js";

/** What a block may know of this machine: how it reaches the package registry. */
const FROM_MACHINE = /^(https?_proxy|no_proxy|all_proxy|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|PIP_\w+)$/i;

/** The environment of a document's terminal: as on a machine that has Node.js, npm and `shelfmark`. */
export function makeEnvironment(root: string, port: number): NodeJS.ProcessEnv {
  const home = join(root, "home");
  const prefix = join(root, "npm");
  const bin = join(root, "bin");
  for (const folder of [home, join(prefix, "bin"), join(prefix, "lib", "node_modules"), bin]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(bin, "shelfmark"), `#!/bin/sh\nexec node ${ROOT}dist/main.js "$@"\n`);
  chmodSync(join(bin, "shelfmark"), 0o755);
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => FROM_MACHINE.test(name))),
    // A shelfmark that the document installs comes first.
    PATH: [join(prefix, "bin"), process.env.PATH, bin, findPostgres() ?? ""].filter(Boolean).join(":"),
    LANG: "C.UTF-8",
    HOME: home,
    PORT: String(port),
    SHELFMARK_URL: `http://127.0.0.1:${port}/graphql`,
    npm_config_prefix: prefix,
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), ".npm"),
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), ".npmrc"),
    npm_config_prefer_offline: "true",
  };
}

/** What somebody has who cloned the repository. */
export function copyRepository(folder: string): void {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
}
