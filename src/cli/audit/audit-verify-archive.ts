import type { Config } from "../../config/load-config.js";
import { describeArchiveFault } from "../../store/audit/archive-fault.js";
import type { ArchiveRange } from "../../store/audit/archive-join.js";
import { type ArchiveVerification, verifyArchive, verifyJoin } from "../../store/audit/archive-verify.js";
import { verifyLog } from "../../store/audit/audit-verify.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, note } from "../io/command-io.js";
import { reportVerification } from "../io/verification-report.js";
import { withDatabase } from "../io/with-database.js";
import { readCheckpoints, readTrust, readWitness, type Witness } from "../io/witness.js";
import { plural } from "../report/report-text.js";

interface ArchiveOptions {
  readonly file: string;
  readonly key?: string;
  readonly checkpoints?: string;
  readonly log?: true;
}

/** Verifies the segments that `events compact --archive` wrote and, with --log, that the log continues from them. */
export async function verifyArchiveFolder(config: Config, options: ArchiveOptions, io: CommandIo): Promise<ExitCode> {
  const { file: folder, key, checkpoints } = options;
  const trust = await readTrust(config, key);
  const kept = checkpoints === undefined ? [] : await readCheckpoints(checkpoints, io);
  if (kept === null) throw new CommandError(`There is no checkpoint file ${checkpoints}.`);
  const verification = await verifyArchive(folder, { trust, kept });
  const { fault, range, drafts } = verification;
  for (const draft of drafts) {
    note(
      io,
      `${draft} was left by a compaction that was interrupted. It is not a segment, and the next one removes it.`,
    );
  }
  if (fault || !range) {
    io.out(`${fault ? describeArchiveFault(fault) : ""}\n`);
    return EXIT.failed;
  }
  reportArchive(verification, { folder, keyId: trust?.keyId, checkpoints }, io);
  if (!options.log) return EXIT.done;
  const witness =
    trust && checkpoints !== undefined
      ? { trust, kept, path: checkpoints, isExport: false }
      : await readLogWitness(config, options, io);
  return verifyLogAfter(range, folder, { config, witness }, io);
}

function reportArchive(
  { walked, segments, signed, beyond, foreign }: ArchiveVerification,
  { folder, keyId, checkpoints }: { folder: string; keyId: string | undefined; checkpoints: string | undefined },
  io: CommandIo,
): void {
  const { from, to, hash } = walked;
  const signatures = keyId === undefined ? ", but no signature was verified" : `, signed up to revision ${signed}`;
  const where = `${plural(segments, "segment")} of ${folder}`;
  io.out(`Revisions ${from} to ${to} are whole in ${where}${signatures}: ${hash}\n`);
  if (keyId === undefined) note(io, `There is no key to verify the signatures of ${folder}; give --key.`);
  else if (foreign.length > 0) {
    note(
      io,
      `The key ${keyId} signed the end of ${folder}. Signatures of other keys were not verified: ${foreign.join(", ")}.`,
    );
  }
  if (beyond != null) {
    note(
      io,
      `Revision ${beyond} is signed in ${checkpoints}, but the archive ends before it: it is in the log, or segments are missing.`,
    );
  }
}

/** Of the database, and so without the folder of the archive. */
function readLogWitness(config: Config, { key, checkpoints }: ArchiveOptions, io: CommandIo): Promise<Witness> {
  const options = { ...(key === undefined ? {} : { key }), ...(checkpoints === undefined ? {} : { checkpoints }) };
  return readWitness(config, options, io);
}

async function verifyLogAfter(
  range: ArchiveRange,
  folder: string,
  { config, witness }: { readonly config: Config; readonly witness: Witness },
  io: CommandIo,
): Promise<ExitCode> {
  const verification = await withDatabase(config, async ({ pool }) => {
    await verifyJoin(pool, range, folder);
    return verifyLog(pool, witness);
  });
  io.out(`The log continues from revision ${range.end.revision} of the archive.\n`);
  return reportVerification(verification, witness, io);
}
