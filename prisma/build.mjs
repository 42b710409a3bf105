// Builds dist/ from src/, if anything that it is made of has changed since the last build; says what it does.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const STAMP = join(root, "dist/.built");
const CLIENT = join(root, "src/store/generated/client.ts");

if (!process.argv.includes("--force") && isFresh()) process.exit(0);
process.stderr.write("Building Shelfmark. This takes about ten seconds, and only after a change.\n");
const started = fingerprint();
run([join(root, "prisma/generate.mjs")]);
const tsc = join(root, "node_modules/typescript/bin/tsc");
run([tsc, "--noCheck", "--incremental", "--tsBuildInfoFile", "dist/.tsbuildinfo"]);
run([tsc, "--noCheck", "-p", "src/client"]);
// npm makes the command executable only when it first links it
chmodSync(join(root, "dist/main.js"), 0o755);
mkdirSync(dirname(STAMP), { recursive: true });
writeFileSync(STAMP, started);

function isFresh() {
  return existsSync(STAMP) && existsSync(CLIENT) && readFileSync(STAMP, "utf8") === fingerprint();
}

/** Names, sizes and times of all that dist/ is made of: reading the files would take longer than it saves. */
function fingerprint() {
  const sources = listFiles("src").filter((file) => !file.startsWith("src/store/generated/"));
  const files = [...sources, "prisma/schema.prisma", "tsconfig.json", "package-lock.json", "prisma/build.mjs"];
  const hash = createHash("sha256");
  for (const file of files.sort()) {
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

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
