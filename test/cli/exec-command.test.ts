import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execCommand } from "../../src/cli/exec-command.js";

test("what a version has not is not inherited from the environment of the watcher", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-exec-"));
  const out = join(folder, "out");
  await execCommand({
    command: `printf '%s,%s,%s' "$SHELFMARK_MODEL" "\${SHELFMARK_SOURCE-none}" "$OTHER" > ${out}`,
    inherited: { PATH: process.env.PATH, SHELFMARK_MODEL: "stale", SHELFMARK_SOURCE: "s3://stale", OTHER: "stays" },
    env: { SHELFMARK_MODEL: "m", SHELFMARK_SOURCE: null },
    input: {},
  });
  expect(readFileSync(out, "utf8")).toBe("m,none,stays");
  rmSync(folder, { recursive: true });
});
