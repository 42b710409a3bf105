import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { ROOT } from "./blocks.js";
import { readContainer, readImageEnvironment } from "./compose-file.js";

/**
 * `docker` for documents, where there is no Docker: it checks what it is asked for, runs the image's program from dist/,
 * and leaves the container that Compose would start in a file of $CONTAINER.
 */
const [command, ...args] = process.argv.slice(2);

if (command === "build") build();
else if (command === "run") run();
else if (command === "compose") compose();
else throw new Error(`docker ${command} is not in the stub.`);

function build(): void {
  const { positionals } = parseArgs({ args, options: { tag: { type: "string", short: "t" } }, allowPositionals: true });
  if (!existsSync(`${positionals[0]}/Dockerfile`)) throw new Error("There is no Dockerfile.");
}

function run(): void {
  const image = args.indexOf("shelfmark");
  const { values } = parseArgs({
    args: args.slice(0, image),
    options: {
      rm: { type: "boolean" },
      user: { type: "string" },
      volume: { type: "string", short: "v", multiple: true },
    },
  });
  const mounts = (values.volume ?? []).map((volume) => volume.split(":"));
  const inHost = (text: string) =>
    mounts.reduce((path, [source, target]) => path.replaceAll(`${target}/`, `${source}/`), text);
  execFileSync(process.execPath, [`${ROOT}dist/main.js`, ...args.slice(image + 1).map(inHost)], {
    env: { ...readImageEnvironment() },
    stdio: "inherit",
  });
}

function compose(): void {
  const [action, ...rest] = args;
  if (action !== "up") throw new Error(`docker compose ${action} is not in the stub.`);
  parseArgs({ args: rest, options: { build: { type: "boolean" }, detach: { type: "boolean", short: "d" } } });
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  const { environment, mounts } = readContainer({ ...file, ...process.env });
  writeFileSync(process.env.CONTAINER ?? "", JSON.stringify({ environment, mounts: [...mounts] }));
}
