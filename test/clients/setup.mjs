/** Makes what the clients need, only when it changed: their packages, Python's, and the generated code. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { block } from "../docs/blocks.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: "inherit" });

function onceFor(file, stamp, make) {
  const wanted = readFileSync(`${here}${file}`, "utf8");
  if (existsSync(`${here}${stamp}`) && readFileSync(`${here}${stamp}`, "utf8") === wanted) return;
  make();
  writeFileSync(`${here}${stamp}`, wanted);
}

function makeVenv() {
  rmSync(`${here}.venv`, { recursive: true, force: true });
  try {
    run("python3", "-m", "venv", ".venv");
  } catch {
    throw new Error("The Python clients need python3 with venv and pip: apt-get install python3-venv");
  }
  run(".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt");
}

/** The recipes of the documents are what runs, with a token of the tests in place of a pod's. */
function writeRecipes() {
  for (const name of [
    "follow.ts",
    "watch.ts",
    "events.ts",
    "dashboard.tsx",
    "codegen.json",
    "release.py",
    "watch.py",
    "release.yaml",
  ]) {
    const recipe = block("src/client/README.md", name);
    writeFileSync(
      `${here}generated/${name}`,
      recipe.replaceAll("/var/run/secrets/shelfmark/token", `${here}generated/token`),
    );
  }
}

/** As `npm install shelfmark-0.1.0.tgz` puts it there. */
function installShelfmark() {
  const folder = `${here}node_modules/shelfmark`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of ["package.json", "dist"]) symlinkSync(`${root}${name}`, `${folder}/${name}`);
}

onceFor("package-lock.json", "node_modules/.shelfmark-lock", () => run("npm", "ci"));
installShelfmark();
onceFor("requirements.txt", ".venv/.shelfmark-requirements", makeVenv);
rmSync(`${here}generated`, { recursive: true, force: true });
mkdirSync(`${here}generated/relay`, { recursive: true });
writeRecipes();
run("node_modules/.bin/relay-compiler", "relay.config.json");
run("node_modules/.bin/graphql-codegen", "--config", "generated/codegen.json");
run("node_modules/.bin/gql.tada", "generate", "output");
run("node_modules/.bin/tsc", "--noEmit");
