import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportLog, openExport } from "../../../src/store/audit/audit-export.js";
import { walkChain } from "../../../src/store/audit/hash-chain.js";
import { useAuditLog } from "./audit-log.js";

const log = useAuditLog();

test("an export can be verified without the database, and shows changes", async () => {
  const lines: string[] = [];
  expect(await exportLog(log.database.pool, { from: 3n }, async (line) => void lines.push(line))).toBe(8n);
  const path = join(log.folder, "export.jsonl");
  const walk = async (text: string) => {
    writeFileSync(path, text);
    const { start, events } = await openExport(path);
    return walkChain(start, events, () => null);
  };
  expect(await walk(lines.join("\n"))).toMatchObject({ fault: null, end: { revision: 10n } });
  expect((await walk(lines.join("\n").replace("s3://b/2", "s3://b/Y"))).fault).toMatchObject({
    text: expect.stringMatching(/^was altered/),
  });
  expect((await walk(lines.filter((_, i) => i !== 3).join("\n"))).fault).toEqual({ revision: 5n, text: "was removed" });
});

test("another file is not an export", async () => {
  const path = join(log.folder, "other.jsonl");
  writeFileSync(path, "{}\n");
  await expect(openExport(path)).rejects.toThrow(/is not an export of a log/);
});
