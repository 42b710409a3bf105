import { createWriteStream } from "node:fs";
import type { Config } from "../../config/load-config.js";
import { exportLog } from "../../store/audit/audit-export.js";
import { errorCode } from "../../util/error-text.js";
import { CommandError, type CommandIo } from "../io/command-io.js";
import { parseRevision } from "../io/revision.js";
import { withDatabase } from "../io/with-database.js";

export interface AuditExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
}

export async function auditExport(config: Config, options: AuditExportOptions, io: CommandIo): Promise<void> {
  const range = { from: parseRevision("--from", options.from), to: parseRevision("--to", options.to) };
  const { out } = options;
  if (out === undefined) {
    await withDatabase(config, ({ pool }) => exportLog(pool, range, async (line) => io.out(`${line}\n`)));
    return;
  }
  const count = await writeLines(out, (write) => withDatabase(config, ({ pool }) => exportLog(pool, range, write)));
  io.out(`${count} events are in ${out}.\n`);
}

/** Writes lines to a file as fast as the disk accepts them. */
async function writeLines<T>(path: string, work: (write: (line: string) => Promise<void>) => Promise<T>): Promise<T> {
  const file = createWriteStream(path, { mode: 0o600 });
  const failed = new Promise<never>((_resolve, reject) =>
    file.once("error", (error) =>
      reject(new CommandError(`The file ${path} cannot be written (${errorCode(error)}).`)),
    ),
  );
  const write = async (line: string) => {
    if (!file.write(`${line}\n`))
      await Promise.race([new Promise<void>((resolve) => file.once("drain", resolve)), failed]);
  };
  const result = await Promise.race([work(write), failed]);
  await Promise.race([new Promise<void>((resolve) => file.end(() => resolve())), failed]);
  return result;
}
