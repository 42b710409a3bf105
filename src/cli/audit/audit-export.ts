import type { Config } from "../../config/load-config.js";
import { exportLog } from "../../store/audit/audit-export.js";
import type { CommandIo } from "../io/command-io.js";
import { parseRevision } from "../io/revision.js";
import { withDatabase } from "../io/with-database.js";
import { withLines } from "../io/write-lines.js";

export interface AuditExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
}

export async function auditExport(config: Config, options: AuditExportOptions, io: CommandIo): Promise<void> {
  const range = { from: parseRevision("--from", options.from), to: parseRevision("--to", options.to) };
  const { out } = options;
  const count = await withLines(io, out, (write) => withDatabase(config, ({ pool }) => exportLog(pool, range, write)));
  if (out !== undefined) io.out(`${count} events are in ${out}.\n`);
}
