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

/** The commands that a recipe needs, with what to do where they are missing. Each build is skipped if nothing changed. */
const TOOLS = {
  go: { asks: ["version"], advice: "Go 1.24 or later: apt-get install golang-go, or https://go.dev/dl" },
  cargo: { asks: ["--version"], advice: "Rust 1.85 or later: apt-get install cargo, or https://rustup.rs" },
  mvn: { asks: ["--version"], advice: "a JDK 17 or later and Maven: apt-get install openjdk-17-jdk-headless maven" },
};

function requireTool(name) {
  try {
    execFileSync(name, TOOLS[name].asks, { stdio: "ignore" });
  } catch {
    throw new Error(`A compiled client needs ${TOOLS[name].advice}`);
  }
}

/** Compilers compare the times of files. */
function writeIfChanged(file, text) {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

/** Writes the recipe's files as the document shows them, beside the schema and the versions that are fixed here. */
function layOut(language, files, locks) {
  const folder = `${here}${language}/generated/`;
  mkdirSync(`${folder}src/main/java`, { recursive: true });
  writeIfChanged(`${folder}schema.graphql`, readFileSync(`${root}schema.graphql`, "utf8"));
  for (const [path, name] of Object.entries(files)) {
    writeIfChanged(`${folder}${path}`, `${block("src/client/README.md", name)}\n`);
  }
  for (const lock of locks) writeIfChanged(`${folder}${lock}`, readFileSync(`${here}${language}/${lock}`, "utf8"));
  return folder;
}

function buildGo() {
  requireTool("go");
  const files = { "genqlient.yaml": "genqlient.yaml", "release.graphql": "release.graphql", "main.go": "main.go" };
  const cwd = layOut("go", files, ["go.mod", "go.sum"]);
  execFileSync("go", ["tool", "genqlient", "genqlient.yaml"], { cwd, stdio: "inherit" });
  execFileSync("go", ["build", "-mod=readonly", "-o", "release", "."], { cwd, stdio: "inherit" });
}

function buildRust() {
  requireTool("cargo");
  const files = { "Cargo.toml": "Cargo.toml", "build.rs": "build.rs", "src/main.rs": "main.rs" };
  const cwd = layOut("rust", files, ["Cargo.lock"]);
  execFileSync("cargo", ["build", "--quiet", "--locked"], { cwd, stdio: "inherit" });
}

function buildJava() {
  requireTool("mvn");
  const cwd = layOut("java", { "pom.xml": "pom.xml", "src/main/java/Release.java": "Release.java" }, []);
  const goals = ["compile", "dependency:copy-dependencies", "-DoutputDirectory=target/lib"];
  execFileSync("mvn", ["--quiet", "--batch-mode", ...goals], { cwd, stdio: "inherit" });
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
buildGo();
buildRust();
buildJava();
