// Builds dist/ from src/, if anything that it is made of has changed since the last build; says what it does.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const CLIENT = join(root, "src/store/generated/client.ts");
const SHARED = ["package-lock.json", "prisma/build.mjs"];
const isConsole = (file) => file.startsWith("src/console/");

const SERVER = {
  stamp: join(root, "dist/.built"),
  files: () => [
    ...listFiles("src").filter((file) => !file.startsWith("src/store/generated/") && !isConsole(file)),
    ...["prisma/schema.prisma", "tsconfig.json", ...SHARED],
  ],
  isWhole: () => existsSync(CLIENT),
  async make() {
    await run(join(root, "prisma/generate.mjs"));
    const tsc = join(root, "node_modules/typescript-7/bin/tsc");
    await run(tsc, "--noCheck", "--incremental", "--tsBuildInfoFile", "dist/.tsbuildinfo");
    await run(tsc, "--noCheck", "-p", "src/client");
    // npm makes the command executable only when it first links it
    chmodSync(join(root, "dist/main.js"), 0o755);
  },
};

const CONSOLE = {
  stamp: join(root, "dist/.built-console"),
  files: () => [
    ...listFiles("src/console").filter((file) => !file.startsWith("src/console/generated/")),
    ...["prisma/build-console.mjs", ...SHARED],
  ],
  isWhole: () => existsSync(join(root, "dist/console/index.html")),
  make: () => run(join(root, "prisma/build-console.mjs")),
};

const stale = [SERVER, CONSOLE].filter((part) => process.argv.includes("--force") || !isFresh(part));
if (stale.length > 0) {
  process.stderr.write("Building Shelfmark. This takes about ten seconds, and only after a change.\n");
  await Promise.all(stale.map(build));
}

async function build(part) {
  const started = fingerprint(part);
  await part.make();
  mkdirSync(dirname(part.stamp), { recursive: true });
  writeFileSync(part.stamp, started);
}

function isFresh(part) {
  return existsSync(part.stamp) && part.isWhole() && readFileSync(part.stamp, "utf8") === fingerprint(part);
}

/** Names, sizes and times of all that a part is made of: reading the files would take longer than it saves. */
function fingerprint(part) {
  const hash = createHash("sha256");
  for (const file of part.files().sort()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function listFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** Ends the build with the status of a command that fails. */
function run(...args) {
  return new Promise((resolve) => {
    spawn(process.execPath, args, { cwd: root, stdio: "inherit" }).once("close", (status) => {
      if (status !== 0) process.exit(status ?? 1);
      resolve();
    });
  });
}
