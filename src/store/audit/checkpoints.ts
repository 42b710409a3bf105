import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CHECKPOINT_PURPOSES, type Checkpoint, type SignedCheckpoint } from "../../domain/events/checkpoint.js";
import { errorCode } from "../../util/error-text.js";
import { makeFolder } from "../folder/make-folder.js";
import type { PrismaClient } from "../generated/client.js";
import type { TrustedKey } from "./checkpoint-check.js";

/** A trusted key that can sign. */
export interface Signer extends TrustedKey {
  sign(checkpoint: Checkpoint): SignedCheckpoint;
}

const FILE = "checkpoints.jsonl";

export function checkpointFile(dataFolder: string): string {
  return join(dataFolder, FILE);
}

/** Writes a checkpoint to the database and to a file outside of it. Returns whether it was new to one of them. */
export async function keepCheckpoint(
  prisma: Pick<PrismaClient, "logCheckpoint">,
  file: string,
  checkpoint: SignedCheckpoint,
): Promise<boolean> {
  const { purpose, revision, keyId, at } = checkpoint;
  const hash = Buffer.from(checkpoint.hash, "hex");
  const signature = Buffer.from(checkpoint.signature, "base64");
  const { count } = await prisma.logCheckpoint.createMany({
    data: [{ purpose, revision, keyId, hash, at, signature }],
    skipDuplicates: true,
  });
  return (await keepInFile(file, checkpoint)) || count > 0;
}

/** Each server appends what any server has signed, so a line that a crash lost is written later. */
async function keepInFile(file: string, checkpoint: SignedCheckpoint): Promise<boolean> {
  const line = toCheckpointLine(checkpoint);
  const text = (await readText(file)) ?? "";
  if (text.includes(`${line}\n`)) return false;
  await makeFolder(dirname(file));
  const isTorn = text !== "" && !text.endsWith("\n");
  await appendFile(file, `${isTorn ? "\n" : ""}${line}\n`, { mode: 0o600 });
  return true;
}

/** The line of a checkpoint in a file, without its newline. */
export function toCheckpointLine({ revision, at, ...rest }: SignedCheckpoint): string {
  return JSON.stringify({ ...rest, revision: Number(revision), at: at.toISOString() });
}

/**
 * Reads the checkpoints of a file; null if the file does not exist. A crash leaves half a line: the numbers of such lines
 * are reported, and the other lines still count.
 */
export async function readCheckpointFile(
  path: string,
  onUnreadable: (line: number) => void,
): Promise<SignedCheckpoint[] | null> {
  const text = await readText(path);
  if (text === null) return null;
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const checkpoint = parseCheckpointLine(line);
    if (checkpoint) return [checkpoint];
    onUnreadable(index + 1);
    return [];
  });
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** The checkpoint of a line; null if it is none. */
export function parseCheckpointLine(line: string): SignedCheckpoint | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { logId, revision, hash, at, keyId, signature, ...rest } = (value ?? {}) as Record<string, unknown>;
  const texts = [logId, hash, at, keyId, signature];
  const purpose = CHECKPOINT_PURPOSES.find((known) => known === rest.purpose);
  if (!purpose || !Number.isSafeInteger(revision) || !texts.every((text) => typeof text === "string")) return null;
  if (Number.isNaN(Date.parse(String(at)))) return null;
  return {
    purpose,
    logId: String(logId),
    revision: BigInt(Number(revision)),
    hash: String(hash),
    at: new Date(String(at)),
    keyId: String(keyId),
    signature: String(signature),
  };
}
