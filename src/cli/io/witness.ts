import { type AuditTrust, readAuditKey, toAuditTrust } from "../../auth/audit-key.js";
import type { Config } from "../../config/load-config.js";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import { checkpointFile, readCheckpointFile } from "../../store/audit/checkpoints.js";
import { errorCode } from "../../util/error-text.js";
import { CommandError, type CommandIo, note } from "./command-io.js";
import { readTextFile } from "./text-file.js";

interface WitnessOptions {
  readonly file?: string;
  readonly key?: string;
  readonly checkpoints?: string;
}

/** The signatures that the log is checked against, besides those in the database. */
export interface Witness {
  readonly trust: AuditTrust | null;
  readonly kept: readonly SignedCheckpoint[];
  /** The checkpoint file; null if none was read. */
  readonly path: string | null;
  /** An export has no checkpoints of a database. */
  readonly isExport: boolean;
}

export async function readWitness(config: Config, options: WitnessOptions, io: CommandIo): Promise<Witness> {
  const { file, key, checkpoints } = options;
  const isExport = file !== undefined;
  // without --checkpoints, an export may be of another registry than the data folder's
  if (isExport && checkpoints === undefined) return { trust: null, kept: [], path: null, isExport };
  const trust = await readTrust(config, key);
  const path = checkpoints ?? checkpointFile(config.dataFolder);
  if (checkpoints !== undefined && !trust) {
    throw new CommandError(`There is no key to verify the checkpoints in ${path}; give --key.`);
  }
  const kept = await readCheckpoints(path, io);
  if (kept === null && checkpoints !== undefined) throw new CommandError(`There is no checkpoint file ${path}.`);
  return { trust, kept: kept ?? [], path: kept && path, isExport };
}

/** The key whose signatures count: the one of the command line, or else of this environment; null if there is none. */
export async function readTrust(config: Config, key: string | undefined): Promise<AuditTrust | null> {
  return key === undefined ? readAuditKey(config.audit.key, config.dataFolder) : readKey(key);
}

/** The checkpoints of a file; null if there is no such file. */
export async function readCheckpoints(path: string, io: CommandIo): Promise<SignedCheckpoint[] | null> {
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
