import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Checkpoint, SignedCheckpoint } from "../domain/checkpoint.js";
import { readHead } from "./event-log.js";
import type { PrismaClient } from "./generated/client.js";
import { makeFolder } from "./make-folder.js";

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
    signed = revision;
    if (count === 0) return;
    await makeFolder(dirname(file));
    await appendFile(file, `${lineOf(checkpoint)}\n`, { mode: 0o600 });
    log.info(`The log is signed up to revision ${revision}: ${hash}`);
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

export function lineOf({ revision, at, ...rest }: SignedCheckpoint): string {
  return JSON.stringify({ ...rest, revision: Number(revision), at: at.toISOString() });
}

/** The checkpoints of a file, as the server wrote them; null if there is no such file. */
export async function readCheckpointFile(path: string): Promise<SignedCheckpoint[] | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const { logId, revision, hash, at, keyId, signature } = JSON.parse(line);
    return { logId, revision: BigInt(revision), hash, at: new Date(at), keyId, signature };
  });
}
