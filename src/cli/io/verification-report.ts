import { describeFault } from "../../domain/events/log-fault.js";
import type { Verification } from "../../store/audit/audit-verify.js";
import { type CommandIo, EXIT, type ExitCode, note } from "./command-io.js";
import type { Witness } from "./witness.js";

/** Prints what a verification found. */
export function reportVerification(verification: Verification, witness: Witness, io: CommandIo): ExitCode {
  noteOtherKeys(verification, witness, io);
  return verification.fault ? reportFault(verification.fault, witness, io) : reportWhole(verification, witness, io);
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
