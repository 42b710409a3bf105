/** Makes the two virtual environments of MLflow's clients, only when their requirements changed: half a gigabyte each. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: "inherit" });

for (const major of [3, 2]) {
  const name = major === 3 ? "MLFLOW_PYTHON" : "MLFLOW2_PYTHON";
  if (process.env[name]) {
    console.log(`${name} names a Python with MLflow ${major}: nothing is installed for it`);
    continue;
  }
  const requirements = `requirements-${major}.txt`;
  const venv = `.venv-${major}`;
  const stamp = `${here}${venv}/made-from.txt`;
  const wanted = readFileSync(`${here}${requirements}`, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) continue;
  rmSync(`${here}${venv}`, { recursive: true, force: true });
  try {
    run(process.env.PYTHON ?? "python3", "-m", "venv", venv);
  } catch {
    throw new Error("MLflow's clients need Python 3.11 or 3.12 with venv and pip: apt-get install python3-venv");
  }
  run(`${venv}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", "-r", requirements);
  writeFileSync(stamp, wanted);
}
