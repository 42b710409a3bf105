import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CHECKPOINT_PURPOSES, type Checkpoint, type SignedCheckpoint } from "../../domain/events/checkpoint.js";
import { errorCode } from "../../util/error-text.js";
import { makeFolder } from "../folder/make-folder.js";
import type { PrismaClient } from "../generated/client.js";
import type { Trust } from "./checkpoint-check.js";

/** A key that signs, and whose signatures count. */
export interface Signer extends Trust {
  sign(checkpoint: Checkpoint): SignedCheckpoint;
}

const FILE = "checkpoints.jsonl";

export function checkpointFile(dataFolder: string): string {
  return join(dataFolder, FILE);
}

/** Writes a checkpoint into the database and into a file outside of it. Returns whether either did not have it yet. */
export async function keepCheckpoint(
  prisma: Pick<PrismaClient, "logCheckpoint">,
  file: string,
  checkpoint: SignedCheckpoint,
): Promise<boolean> {
  const { purpose, revision, keyId, hash, at, signature } = checkpoint;
  const { count } = await prisma.logCheckpoint.createMany({
    data: [
      { purpose, revision, keyId, hash: Buffer.from(hash, "hex"), at, signature: Buffer.from(signature, "base64") },
    ],
    skipDuplicates: true,
  });
  return (await keepInFile(file, checkpoint)) || count > 0;
}

/** Each server keeps what any of them has signed, and what a crash kept out of the file comes in later. */
async function keepInFile(file: string, checkpoint: SignedCheckpoint): Promise<boolean> {
  const line = lineOf(checkpoint);
  const text = (await readText(file)) ?? "";
  if (text.includes(`${line}\n`)) return false;
  await makeFolder(dirname(file));
  const isTorn = text !== "" && !text.endsWith("\n");
  await appendFile(file, `${isTorn ? "\n" : ""}${line}\n`, { mode: 0o600 });
  return true;
}

function lineOf({ revision, at, ...rest }: SignedCheckpoint): string {
  return JSON.stringify({ ...rest, revision: Number(revision), at: at.toISOString() });
}

/**
 * The checkpoints of a file, as the server wrote them; null if there is no such file. A crash leaves half a line, so
 * lines that are none are told by their numbers and do not keep the others from bearing witness.
 */
export async function readCheckpointFile(
  path: string,
  onUnreadable: (line: number) => void,
): Promise<SignedCheckpoint[] | null> {
  const text = await readText(path);
  if (text === null) return null;
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const checkpoint = parseLine(line);
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

function parseLine(line: string): SignedCheckpoint | null {
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
    ...{ purpose, logId: String(logId), revision: BigInt(Number(revision)), hash: String(hash) },
    ...{ at: new Date(String(at)), keyId: String(keyId), signature: String(signature) },
  };
}
