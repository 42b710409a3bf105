/** Makes what the clients need, only when it changed: their packages, Python's, and the generated code. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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

/** The README's recipes are what runs: each is the first block of its language after its heading. */
function writeRecipes() {
  const readme = readFileSync(`${here}../../README.md`, "utf8");
  for (const [heading, language, file] of [
    ["React dashboards", "tsx", "dashboard.tsx"],
    ["Python", "python", "release.py"],
    ["GitHub Actions", "yaml", "release.yaml"],
    ["Generated types", "json", "codegen.json"],
  ]) {
    const section = readme.split(`\n### ${heading}\n`)[1]?.split(/\n##+ /)[0];
    const block = section?.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))?.[1];
    if (!block) throw new Error(`README.md has no ${language} block under "### ${heading}".`);
    writeFileSync(`${here}generated/${file}`, block);
  }
}

onceFor("package-lock.json", "node_modules/.shelfmark-lock", () => run("npm", "ci"));
onceFor("requirements.txt", ".venv/.shelfmark-requirements", makeVenv);
rmSync(`${here}generated`, { recursive: true, force: true });
mkdirSync(`${here}generated/relay`, { recursive: true });
writeRecipes();
run("node_modules/.bin/relay-compiler", "relay.config.json");
run("node_modules/.bin/graphql-codegen", "--config", "generated/codegen.json");
run("node_modules/.bin/gql.tada", "generate", "output");
run("node_modules/.bin/tsc", "--noEmit");
