import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { AuditKeyError, type AuditTrust, openAuditKey, readAuditKey, toAuditTrust } from "../../auth/audit-key.js";
import type { Config } from "../../config/load-config.js";
import { ExportError, exportLog, verifyExport } from "../../store/audit/audit-export.js";
import { NoHeadError } from "../../store/audit/audit-rows.js";
import { type Verification, verifyLog } from "../../store/audit/audit-verify.js";
import { checkpointFile, readCheckpointFile } from "../../store/audit/checkpoints.js";
import { makeFolder } from "../../store/folder/make-folder.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, misuse } from "../io/command-io.js";
import { tellFault } from "../io/report-failure.js";
import { withDatabase } from "../io/with-database.js";

export interface RangeOptions {
  readonly from?: string;
  readonly to?: string;
}

export interface VerifyCommandOptions extends RangeOptions {
  readonly file?: string;
  readonly key?: string;
  readonly checkpoints?: string;
}

function parseRevision(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,15}$/.test(text)) return BigInt(text);
  throw misuse(`${option} is "${text}"; it must be a revision: a whole number from 1.`);
}

async function trusted({ audit, dataFolder }: Config, { key }: VerifyCommandOptions): Promise<AuditTrust | null> {
  if (key !== undefined) return toAuditTrust(await read(key), key);
  return readAuditKey(audit.key, dataFolder);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function checkTogether({ file, from, to, key, checkpoints }: VerifyCommandOptions): void {
  if (file !== undefined && (from !== undefined || to !== undefined)) {
    throw misuse("--file walks the whole export; leave --from and --to out, or give them to audit export.");
  }
  if (file !== undefined && key !== undefined && checkpoints === undefined) {
    throw misuse("--key is what --checkpoints are checked by; with --file, give both or neither.");
  }
  if (from !== undefined && to !== undefined && BigInt(from) > BigInt(to)) {
    throw misuse(`--from ${from} is after --to ${to}.`);
  }
}

/** The checkpoints that were kept outside of the database, and whose signatures count. */
async function witnesses(config: Config, options: VerifyCommandOptions, io: CommandIo) {
  const isAsked = options.checkpoints !== undefined;
  // an export may be of another registry than this data folder's
  if (options.file !== undefined && !isAsked) return { trust: null, kept: [] };
  const trust = await trusted(config, options);
  if (isAsked && !trust) throw new CommandError("There is no key to check the checkpoints by; give --key.");
  const path = options.checkpoints ?? checkpointFile(config.dataFolder);
  const kept = await readCheckpointFile(path, (line) =>
    io.err(`shelfmark: Line ${line} of ${path} is no checkpoint, and was passed over.\n`),
  );
  if (kept === null && isAsked) throw new CommandError(`There is no file ${path}.`);
  return { trust, kept: kept ?? [] };
}

function tellOutcome(
  { fault, walked, signed, foreign, beyond = null }: Verification,
  isExport: boolean,
  io: CommandIo,
): ExitCode {
  for (const keyId of foreign)
    io.err(`shelfmark: Checkpoints of the key ${keyId} were not looked at; give --key for it.\n`);
  if (fault) {
    io.out(`${tellFault(fault)}\n`);
    return EXIT.failed;
  }
  const unsigned = isExport ? "" : ", no checkpoint bears witness of it";
  const witness = signed === null ? unsigned : `, signed up to revision ${signed}`;
  const what = walked.from > walked.to ? "There is no event to walk" : whole(walked);
  io.out(`${what}${witness}: ${walked.hash}\n`);
  if (beyond !== null)
    io.err(
      `shelfmark: Revision ${beyond} was signed too, and the file ends before it: it is a part, or was cut off.\n`,
    );
  return EXIT.done;
}

function whole({ from, to }: Verification["walked"]): string {
  return `Revisions ${from} to ${to} are whole`;
}

/** Walks the hash chain and says what was tampered with first, if anything was. */
export async function auditVerify(config: Config, options: VerifyCommandOptions, io: CommandIo): Promise<ExitCode> {
  const [from, to] = [parseRevision("--from", options.from), parseRevision("--to", options.to)];
  checkTogether(options);
  const { file } = options;
  try {
    const given = await witnesses(config, options, io);
    const verification =
      file === undefined
        ? await withDatabase(config, ({ pool }) => verifyLog(pool, { from, to, ...given }))
        : await verifyExport(file, given);
    return tellOutcome(verification, file !== undefined, io);
  } catch (error) {
    const isForeseen = [AuditKeyError, ExportError, NoHeadError].some((kind) => error instanceof kind);
    throw error instanceof Error && isForeseen ? new CommandError(error.message) : error;
  }
}

/** Writes the log as JSON lines, to a file or to standard output. */
export async function auditExport(
  config: Config,
  options: RangeOptions & { out?: string },
  io: CommandIo,
): Promise<void> {
  const range = { from: parseRevision("--from", options.from), to: parseRevision("--to", options.to) };
  const { out } = options;
  try {
    if (out === undefined) {
      await withDatabase(config, ({ pool }) => exportLog(pool, range, async (line) => io.out(`${line}\n`)));
      return;
    }
    const count = await writeFileOf(out, (write) => withDatabase(config, ({ pool }) => exportLog(pool, range, write)));
    io.out(`${count} events are in ${out}.\n`);
  } catch (error) {
    throw error instanceof ExportError || error instanceof NoHeadError ? new CommandError(error.message) : error;
  }
}

/** Writes lines to a file as fast as it takes them. */
async function writeFileOf<T>(path: string, work: (write: (line: string) => Promise<void>) => Promise<T>): Promise<T> {
  const file = createWriteStream(path, { mode: 0o600 });
  const failed = new Promise<never>((_resolve, reject) =>
    file.once("error", (error: NodeJS.ErrnoException) =>
      reject(new CommandError(`The file ${path} cannot be written (${error.code}).`)),
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

/** Prints the public half of the key that signs checkpoints, to verify by elsewhere. */
export async function auditKey({ audit, dataFolder }: Config, io: CommandIo): Promise<void> {
  try {
    io.out((await openAuditKey(audit.key, dataFolder, makeFolder)).publicPem);
  } catch (error) {
    throw error instanceof AuditKeyError ? new CommandError(error.message) : error;
  }
}
