import type { Fault } from "../domain/audit.js";
import type { SignedCheckpoint } from "../domain/checkpoint.js";
import { verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";
import type { Database } from "./database.js";
import { readHead } from "./event-log.js";

export interface CheckpointerOptions {
  readonly database: Pick<Database, "prisma" | "pool">;
  readonly openKey: () => Promise<Signer>;
  /** Each checkpoint is a line of this file too, outside of the database that it bears witness of. */
  readonly file: string;
  readonly intervalMs: number;
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
}

type Place = Pick<SignedCheckpoint, "logId" | "revision">;

/** So many revisions are walked in one transaction: on the embedded database nothing else is done meanwhile. */
const STRIDE = 2_000n;

/**
 * Signs the head of the log now and then, and when the server stops, if it has moved. What came since the last
 * signature is walked first: a log that was tampered with is told of, and not signed.
 */
export function createCheckpointer({ database, openKey, file, intervalMs, log }: CheckpointerOptions) {
  const { prisma, pool } = database;
  let timer: NodeJS.Timeout | undefined;
  let signing: Promise<void> = Promise.resolve();
  let signed: bigint | undefined;

  async function signHead(): Promise<void> {
    const { logId, revision, hash, at } = await readHead(prisma);
    if (revision === signed || revision === 0n) return;
    const key = await openKey();
    const fault = await findFaultUpTo({ logId, revision }, key);
    if (fault) {
      const { revision: where, says } = fault;
      log.error(`The log is NOT signed, for it was tampered with: ${where} ${says}. Run: shelfmark audit verify`);
      return;
    }
    const isNew = await keepCheckpoint(prisma, file, key.sign({ purpose: "HEAD", logId, revision, hash, at }));
    signed = revision;
    if (isNew) log.info(`The log is signed up to revision ${revision}: ${hash}`);
  }

  async function findFaultUpTo({ logId, revision: head }: Place, trust: Signer): Promise<Fault | null> {
    // of half a line that a crash left, and of other logs whose servers used the folder, audit verify tells
    const kept = (await readCheckpointFile(file, () => undefined))?.filter((each) => each.logId === logId) ?? [];
    let from = (signed ?? (await newestSigned(trust.keyId, head))) + 1n;
    for (; from <= head; from += STRIDE) {
      const to = from + STRIDE - 1n;
      const { fault } = await verifyLog(pool, { from, to, trust, kept });
      if (fault) return fault;
    }
    return null;
  }

  /** The newest of the key's own in the database; whether it is genuine, the walk that begins there finds out. */
  async function newestSigned(keyId: string, head: bigint): Promise<bigint> {
    const where = { keyId, revision: { lte: head } };
    const newest = await prisma.logCheckpoint.findFirst({ where, orderBy: { revision: "desc" } });
    return newest?.revision ?? 0n;
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
