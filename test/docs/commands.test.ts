import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { placeOf, ROOT, readDocument } from "./blocks.js";

const BY = "test/docs/commands.test.ts";
const RUNS_TESTS = /^npx vitest run /;

const commands = readDocument("test/README.md")
  .blocks.filter(({ options }) => options.get("by") === BY)
  .flatMap((block) =>
    block.text
      .split("\n")
      .filter(Boolean)
      .map((line) => [placeOf(block), line.replace(/\s+#.*/, "")] as const),
  );

/** A run of tests within a run of tests would take minutes: what it would run is listed instead. */
test.for(commands)("%s: %s finds tests", { timeout: 300_000 }, async ([place, command]) => {
  if (!RUNS_TESTS.test(command)) throw new Error(`${place}: only ${RUNS_TESTS} is known here.`);
  const list = command.replace(RUNS_TESTS, "npx vitest list ");
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const { stdout } = await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", list], { cwd: ROOT, env });
  expect(stdout).toContain(".test.ts > ");
});
