import { stat } from "node:fs/promises";
import type { Config } from "../../config/load-config.js";
import { verifyExport } from "../../store/audit/audit-export.js";
import { verifyLog } from "../../store/audit/audit-verify.js";
import { type CommandIo, type ExitCode, misuse } from "../io/command-io.js";
import { parseRevision } from "../io/revision.js";
import { reportVerification } from "../io/verification-report.js";
import { withDatabase } from "../io/with-database.js";
import { readWitness } from "../io/witness.js";
import { verifyArchiveFolder } from "./audit-verify-archive.js";

export interface AuditVerifyOptions {
  readonly from?: string;
  readonly to?: string;
  readonly file?: string;
  readonly key?: string;
  readonly checkpoints?: string;
  readonly log?: true;
}

export async function auditVerify(config: Config, options: AuditVerifyOptions, io: CommandIo): Promise<ExitCode> {
  const { file } = options;
  const [from, to] = [parseRevision("--from", options.from), parseRevision("--to", options.to)];
  const isArchive = file !== undefined && (await isFolder(file));
  checkTogether(options, isArchive);
  if (isArchive) return verifyArchiveFolder(config, { ...options, file }, io);
  const witness = await readWitness(config, options, io);
  const verification =
    file === undefined
      ? await withDatabase(config, ({ pool }) => verifyLog(pool, { from, to, ...witness }))
      : await verifyExport(file, witness);
  return reportVerification(verification, witness, io);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function checkTogether({ file, from, to, key, checkpoints, log }: AuditVerifyOptions, isArchive: boolean): void {
  if (log && !isArchive) throw misuse("--log compares the log with an archive; name its folder with --file.");
  if (file !== undefined && (from !== undefined || to !== undefined)) {
    throw misuse("--file verifies a whole export or archive; give --from and --to to audit export instead.");
  }
  if (file !== undefined && !isArchive && key !== undefined && checkpoints === undefined) {
    throw misuse("--key verifies --checkpoints; with --file, give both or neither.");
  }
  if (from !== undefined && to !== undefined && BigInt(from) > BigInt(to)) {
    throw misuse(`--from ${from} is after --to ${to}.`);
  }
}
