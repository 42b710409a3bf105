// Generates the Prisma client without a download: no command that we run needs the native schema engine.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const prisma = fileURLToPath(import.meta.resolve("prisma/build/index.js"));
const schema = fileURLToPath(new URL("schema.prisma", import.meta.url));
const bin = fileURLToPath(new URL("../node_modules/.bin", import.meta.url));
const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, "generate", "--schema", schema], {
  env: {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  },
  encoding: "utf8",
});
if (status !== 0) {
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
}
