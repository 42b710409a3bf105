import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Checkpoint, SignedCheckpoint } from "../domain/checkpoint.js";
import { readHead } from "./event-log.js";
import type { PrismaClient } from "./generated/client.js";
import { makeFolder } from "./make-folder.js";
import { codeOf } from "./start-error.js";

export interface CheckpointerOptions {
  readonly prisma: Pick<PrismaClient, "eventHead" | "logCheckpoint">;
  readonly openKey: () => Promise<{ sign(checkpoint: Checkpoint): SignedCheckpoint }>;
  /** Each checkpoint is a line of this file too, outside of the database that it bears witness of. */
  readonly file: string;
  readonly intervalMs: number;
  readonly log: { info(message: string): void; warn(message: string): void };
}

const FILE = "checkpoints.jsonl";

export function checkpointFile(dataFolder: string): string {
  return join(dataFolder, FILE);
}

/** Signs the head of the log now and then, and when the server stops, if it has moved. */
export function createCheckpointer({ prisma, openKey, file, intervalMs, log }: CheckpointerOptions) {
  let timer: NodeJS.Timeout | undefined;
  let signing: Promise<void> = Promise.resolve();
  let signed = 0n;

  async function signHead(): Promise<void> {
    const { logId, revision, hash, at } = await readHead(prisma);
    if (revision === signed || revision === 0n) return;
    const checkpoint = (await openKey()).sign({ logId, revision, hash, at });
    const { keyId, signature } = checkpoint;
    const { count } = await prisma.logCheckpoint.createMany({
      data: [{ revision, keyId, hash: Buffer.from(hash, "hex"), at, signature: Buffer.from(signature, "base64") }],
      skipDuplicates: true,
    });
    const isNew = await keep(file, checkpoint);
    signed = revision;
    if (count > 0 || isNew) log.info(`The log is signed up to revision ${revision}: ${hash}`);
  }

  /** One at a time; what fails is tried again the next time. */
  function sign(): Promise<void> {
    signing = signing
      .then(signHead)
      .catch((error: Error) => log.warn(`The log could not be signed, will try again: ${error.message}`));
    return signing;
  }

  return {
    start() {
      timer = setInterval(sign, intervalMs).unref();
    },
    sign,
    async stop() {
      clearInterval(timer);
      await sign();
    },
  };
}

/** Each server keeps what any of them has signed, and what a crash kept out of the file comes in later. */
async function keep(file: string, checkpoint: SignedCheckpoint): Promise<boolean> {
  const line = lineOf(checkpoint);
  const text = (await readText(file)) ?? "";
  if (text.includes(`${line}\n`)) return false;
  await makeFolder(dirname(file));
  const isTorn = text !== "" && !text.endsWith("\n");
  await appendFile(file, `${isTorn ? "\n" : ""}${line}\n`, { mode: 0o600 });
  return true;
}

export function lineOf({ revision, at, ...rest }: SignedCheckpoint): string {
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
    if (codeOf(error) === "ENOENT") return null;
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
  const { logId, revision, hash, at, keyId, signature } = (value ?? {}) as Record<string, unknown>;
  const texts = [logId, hash, at, keyId, signature];
  if (!Number.isSafeInteger(revision) || !texts.every((text) => typeof text === "string")) return null;
  if (Number.isNaN(Date.parse(String(at)))) return null;
  return {
    ...{ logId: String(logId), revision: BigInt(Number(revision)), hash: String(hash) },
    ...{ at: new Date(String(at)), keyId: String(keyId), signature: String(signature) },
  };
}
