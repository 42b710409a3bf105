import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { AuditKeyError, type AuditTrust, openAuditKey, readAuditKey, toAuditTrust } from "../auth/audit-key.js";
import type { Config } from "../config.js";
import type { Fault } from "../domain/audit.js";
import { exportLog, openExport } from "../store/audit-export.js";
import { verifyLog } from "../store/audit-verify.js";
import { walkChain } from "../store/chain.js";
import { checkpointFile, readCheckpointFile } from "../store/checkpointer.js";
import { type Database, type DatabaseOptions, DatabaseStartError, openDatabase } from "../store/database.js";
import { makeFolder } from "../store/make-folder.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, misuse } from "./command-io.js";
import { createLog } from "./create-log.js";

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

async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const options: DatabaseOptions = { ...config.database, statementTimeoutMs: config.limits.statementTimeoutMs };
  try {
    const database = await openDatabase(options, createLog(config));
    return await work(database).finally(() => database.close());
  } catch (error) {
    throw error instanceof DatabaseStartError ? new CommandError(error.message) : error;
  }
}

async function trusted({ audit, dataFolder }: Config, { key }: VerifyCommandOptions): Promise<AuditTrust | null> {
  if (key !== undefined) return toAuditTrust(await read(key), key);
  const own = await readAuditKey(audit.key, dataFolder);
  return own && toAuditTrust(own.publicPem, "the key");
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function tell({ revision, says }: Fault): string {
  return /^to \d/.test(says) ? `Revisions ${revision} ${says}.` : `Revision ${revision} ${says}.`;
}

/** Walks the hash chain and says what was tampered with first, if anything was. */
export async function auditVerify(config: Config, options: VerifyCommandOptions, io: CommandIo): Promise<ExitCode> {
  const [from, to] = [parseRevision("--from", options.from), parseRevision("--to", options.to)];
  try {
    if (options.file !== undefined) return await verifyExport(options.file, io);
    const trust = await trusted(config, options);
    const path = options.checkpoints ?? checkpointFile(config.dataFolder);
    const kept = await readCheckpointFile(path, (line) =>
      io.err(`shelfmark: Line ${line} of ${path} is no checkpoint, and was passed over.\n`),
    );
    if (kept === null && options.checkpoints !== undefined) throw new CommandError(`There is no file ${path}.`);
    const { fault, walked, signed, foreign } = await withDatabase(config, ({ pool }) =>
      verifyLog(pool, { from, to, trust, kept: kept ?? [] }),
    );
    for (const keyId of foreign)
      io.err(`shelfmark: Checkpoints of the key ${keyId} were not looked at; give --key for it.\n`);
    if (fault) {
      io.out(`${tell(fault)}\n`);
      return EXIT.failed;
    }
    const witness = signed === null ? "no checkpoint bears witness of it" : `signed up to revision ${signed}`;
    io.out(`Revisions ${walked.from} to ${walked.to} are whole, ${witness}: ${walked.hash}\n`);
    return EXIT.done;
  } catch (error) {
    throw error instanceof AuditKeyError ? new CommandError(error.message) : error;
  }
}

async function verifyExport(path: string, io: CommandIo): Promise<ExitCode> {
  const { start, events } = await openExport(path).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const { end, fault } = await walkChain(start, events, () => null);
  io.out(fault ? `${tell(fault)}\n` : `Revisions ${start.revision + 1n} to ${end.revision} are whole: ${end.hash}\n`);
  return fault ? EXIT.failed : EXIT.done;
}

/** Writes the log as JSON lines, to a file or to standard output. */
export async function auditExport(
  config: Config,
  options: RangeOptions & { out?: string },
  io: CommandIo,
): Promise<void> {
  const range = { from: parseRevision("--from", options.from), to: parseRevision("--to", options.to) };
  if (options.out === undefined) {
    await withDatabase(config, ({ pool }) => exportLog(pool, range, async (line) => io.out(`${line}\n`)));
    return;
  }
  const file = createWriteStream(options.out, { mode: 0o600 });
  const failed = new Promise<never>((_resolve, reject) => file.once("error", reject));
  const write = async (line: string) => {
    if (!file.write(`${line}\n`))
      await Promise.race([new Promise<void>((resolve) => file.once("drain", resolve)), failed]);
  };
  const count = await Promise.race([withDatabase(config, ({ pool }) => exportLog(pool, range, write)), failed]);
  await Promise.race([new Promise<void>((resolve) => file.end(() => resolve())), failed]);
  io.out(`${count} events are in ${options.out}.\n`);
}

/** Prints the public half of the key that signs checkpoints, to verify by elsewhere. */
export async function auditKey({ audit, dataFolder }: Config, io: CommandIo): Promise<void> {
  try {
    io.out((await openAuditKey(audit.key, dataFolder, makeFolder)).publicPem);
  } catch (error) {
    throw error instanceof AuditKeyError ? new CommandError(error.message) : error;
  }
}
