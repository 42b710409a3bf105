import { setImmediate } from "node:timers/promises";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Database } from "../connection/database.js";
import { readHead } from "../events/event-log.js";
import { type LogVerification, verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";

export interface CheckpointerOptions {
  readonly database: Pick<Database, "prisma" | "pool">;
  readonly openKey: () => Promise<Signer>;
  /** Each checkpoint is a line of this file too, outside of the database that it bears witness of. */
  readonly file: string;
  readonly intervalMs: number;
  /** How long stopping may walk the log, at most. */
  readonly stopMs?: number;
  readonly stride?: bigint;
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
}

type Place = Pick<SignedCheckpoint, "logId" | "revision">;

/** So many revisions are walked in one transaction: on the embedded database nothing else is done meanwhile. */
const STRIDE = 500n;
const STOP_MS = 5_000;

/**
 * Signs the head of the log now and then, and when the server stops, if it has moved. What came since the last
 * signature is walked first: a log that was tampered with is told of, and not signed.
 */
export function createCheckpointer({ database, openKey, file, log, ...times }: CheckpointerOptions) {
  const { prisma, pool } = database;
  const { intervalMs, stopMs = STOP_MS, stride = STRIDE } = times;
  let timer: NodeJS.Timeout | undefined;
  let signing: Promise<void> = Promise.resolve();
  let signed: SignedCheckpoint | undefined;
  let toldOf = "";
  const hurry = new AbortController();

  async function signHead(): Promise<void> {
    const { logId, revision: last, hash: asItWas } = await readHead(prisma);
    if (asItWas === signed?.hash) return;
    const key = await openKey();
    const { fault, head, foreign } = await walkToHead({ logId, revision: last }, key);
    tellOfForeign(foreign);
    if (fault) {
      const { revision: where, says } = fault;
      log.error(`The log is NOT signed, for it was tampered with: ${where} ${says}. Run: shelfmark audit verify`);
      return;
    }
    if (head.revision === 0n) return;
    const { revision, hash, at } = head;
    const checkpoint = key.sign({ purpose: "HEAD", logId, revision, hash, at: new Date(at) });
    const isNew = await keepCheckpoint(prisma, file, checkpoint);
    signed = checkpoint;
    if (isNew) log.info(`The log is signed up to revision ${revision}: ${hash}`);
  }

  /** What it returns was walked to its head, if it has no fault: nothing else is signed. */
  async function walkToHead({ logId, revision: last }: Place, trust: Signer): Promise<LogVerification> {
    // of half a line that a crash left, audit verify tells; what this server has signed it remembers, whoever has the file
    const inFile = (await readCheckpointFile(file, () => undefined)) ?? [];
    // those of other logs, whose servers used the folder, say nothing of this one
    const kept = [...inFile.filter((each) => each.logId === logId), ...(signed ? [signed] : [])];
    const since = signed?.revision ?? (await newestSigned(trust.keyId, last));
    for (let from = since < last ? since + 1n : last; ; ) {
      const part = await verifyLog(pool, { from, to: from + stride - 1n, trust, kept });
      const { fault, walked, head } = part;
      if (fault || walked.to >= head.revision) return part;
      if (hurry.signal.aborted) throw new Error(`there was no time to walk it up to revision ${head.revision}.`);
      from = walked.from > walked.to ? walked.from : walked.to + 1n;
      // the embedded database answers without a turn of the event loop
      await setImmediate();
    }
  }

  /** Once each: a key that was put in the place of the old one would else pass in silence. */
  function tellOfForeign(foreign: readonly string[]): void {
    const keys = foreign.join(", ");
    if (keys !== "" && keys !== toldOf)
      log.warn(`The log was signed by other keys too, of which nothing is known: ${keys}`);
    toldOf = keys;
  }

  /** The newest of the key's own in the database; whether it is genuine, the walk that begins there finds out. */
  async function newestSigned(keyId: string, head: bigint): Promise<bigint> {
    const where = { keyId, revision: { lte: head } };
    const { _max } = await prisma.logCheckpoint.aggregate({ where, _max: { revision: true } });
    return _max.revision ?? 0n;
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
    /** A log that was never signed, or not for long, may take longer to walk than whoever stops the server waits. */
    async stop() {
      clearInterval(timer);
      const impatient = setTimeout(() => hurry.abort(), stopMs);
      await sign().finally(() => clearTimeout(impatient));
    },
  };
}
