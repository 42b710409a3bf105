import { type AuditTrust, readAuditKey, toAuditTrust } from "../../auth/audit-key.js";
import type { Config } from "../../config/load-config.js";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import { verifyExport } from "../../store/audit/audit-export.js";
import { type Verification, verifyLog } from "../../store/audit/audit-verify.js";
import { checkpointFile, readCheckpointFile } from "../../store/audit/checkpoints.js";
import { errorCode } from "../../util/error-text.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, misuse, note } from "../io/command-io.js";
import { describeFault } from "../io/fault-sentence.js";
import { parseRevision } from "../io/revision.js";
import { readTextFile } from "../io/text-file.js";
import { withDatabase } from "../io/with-database.js";

export interface AuditVerifyOptions {
  readonly from?: string;
  readonly to?: string;
  readonly file?: string;
  readonly key?: string;
  readonly checkpoints?: string;
}

/** The signatures that the log is checked against, besides those in the database. */
interface Witness {
  readonly trust: AuditTrust | null;
  readonly kept: readonly SignedCheckpoint[];
  /** The checkpoint file; null if none was read. */
  readonly path: string | null;
  /** An export has no checkpoints of a database. */
  readonly isExport: boolean;
}

export async function auditVerify(config: Config, options: AuditVerifyOptions, io: CommandIo): Promise<ExitCode> {
  const { file } = options;
  const [from, to] = [parseRevision("--from", options.from), parseRevision("--to", options.to)];
  checkTogether(options);
  const witness = await readWitness(config, options, io);
  const verification =
    file === undefined
      ? await withDatabase(config, ({ pool }) => verifyLog(pool, { from, to, ...witness }))
      : await verifyExport(file, witness);
  noteOtherKeys(verification, witness, io);
  return verification.fault ? reportFault(verification.fault, witness, io) : reportWhole(verification, witness, io);
}

function checkTogether({ file, from, to, key, checkpoints }: AuditVerifyOptions): void {
  if (file !== undefined && (from !== undefined || to !== undefined)) {
    throw misuse("--file verifies a whole export; give --from and --to to audit export instead.");
  }
  if (file !== undefined && key !== undefined && checkpoints === undefined) {
    throw misuse("--key verifies --checkpoints; with --file, give both or neither.");
  }
  if (from !== undefined && to !== undefined && BigInt(from) > BigInt(to)) {
    throw misuse(`--from ${from} is after --to ${to}.`);
  }
}

async function readWitness(config: Config, options: AuditVerifyOptions, io: CommandIo): Promise<Witness> {
  const { file, key, checkpoints } = options;
  const isExport = file !== undefined;
  // without --checkpoints, an export may be of another registry than the data folder's
  if (isExport && checkpoints === undefined) return { trust: null, kept: [], path: null, isExport };
  const trust = key === undefined ? await readAuditKey(config.audit.key, config.dataFolder) : await readKey(key);
  const path = checkpoints ?? checkpointFile(config.dataFolder);
  if (checkpoints !== undefined && !trust) {
    throw new CommandError(`There is no key to verify the checkpoints in ${path}; give --key.`);
  }
  const kept = await readCheckpoints(path, io);
  if (kept === null && checkpoints !== undefined) throw new CommandError(`There is no checkpoint file ${path}.`);
  return { trust, kept: kept ?? [], path: kept && path, isExport };
}

async function readCheckpoints(path: string, io: CommandIo): Promise<SignedCheckpoint[] | null> {
  try {
    return await readCheckpointFile(path, (line) =>
      note(io, `Line ${line} of ${path} is not a checkpoint and was skipped.`),
    );
  } catch (error) {
    throw new CommandError(`The checkpoint file ${path} cannot be read (${errorCode(error)}).`);
  }
}

async function readKey(path: string): Promise<AuditTrust> {
  return toAuditTrust(await readTextFile({ path, name: "The key file" }), path);
}

function noteOtherKeys({ foreign }: Verification, { kept, path }: Witness, io: CommandIo): void {
  for (const keyId of foreign) {
    const where = kept.some((checkpoint) => checkpoint.keyId === keyId) ? `in ${path}` : "in the database";
    note(io, `The checkpoints of the key ${keyId} ${where} were not verified; give this key with --key.`);
  }
}

function reportFault(
  fault: NonNullable<Verification["fault"]>,
  { trust, kept, path }: Witness,
  io: CommandIo,
): ExitCode {
  io.out(`${describeFault(fault)}\n`);
  if (kept.some(({ keyId }) => keyId === trust?.keyId)) {
    note(
      io,
      `The log was compared with the checkpoints in ${path}. If they are of another registry, name the right file with --checkpoints.`,
    );
  }
  return EXIT.failed;
}

function reportWhole({ walked, signed, beyond = null }: Verification, witness: Witness, io: CommandIo): ExitCode {
  const { from, to, hash } = walked;
  const isEmpty = from > to;
  const range = isEmpty ? "There are no events to verify" : `Revisions ${from} to ${to} are whole`;
  const signatures = isEmpty && signed === null ? "" : describeSignatures(signed, witness);
  io.out(`${range}${signatures}: ${hash}\n`);
  if (beyond !== null) {
    note(
      io,
      `Revision ${beyond} is signed in ${witness.path}, but the export ends before it: it is a part of the log, or was cut off.`,
    );
  }
  return EXIT.done;
}

function describeSignatures(signed: bigint | null, { path, isExport }: Witness): string {
  const files = path === null ? [] : [path];
  const places = isExport ? files : ["the database", ...files];
  if (signed !== null) return `, signed up to revision ${signed} by checkpoints in ${places.join(" and in ")}`;
  return isExport ? "" : `, but no checkpoint in ${places.join(" or in ")} signs them`;
}
