import { setImmediate } from "node:timers/promises";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Database } from "../connection/database.js";
import { readHead } from "../events/event-log.js";
import { type LogVerification, verifyLog } from "./audit-verify.js";
import { keepCheckpoint, readCheckpointFile, type Signer } from "./checkpoints.js";

export interface CheckpointerOptions {
  readonly database: Pick<Database, "prisma" | "pool">;
  readonly openKey: () => Promise<Signer>;
  /** Each checkpoint is also written to this file, since it must be outside of the database that it proves. */
  readonly file: string;
  readonly intervalMs: number;
  /** The longest time that `stop` may verify the log. */
  readonly stopMs?: number;
  readonly stride?: bigint;
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
}

/** This many revisions are verified in one transaction: the embedded database does nothing else meanwhile. */
const STRIDE = 500n;
const STOP_MS = 5_000;

/**
 * Signs the head of the log at an interval, and when the server stops, if it has changed. Before it signs, it verifies the
 * events since the last signature. A log that was tampered with is reported and not signed.
 */
export class Checkpointer {
  private readonly options: CheckpointerOptions;
  private timer: NodeJS.Timeout | undefined;
  private signing: Promise<void> = Promise.resolve();
  /** The newest checkpoint of this process. */
  private signed: SignedCheckpoint | undefined;
  private reportedKeys = "";
  private isOutOfTime = false;

  constructor(options: CheckpointerOptions) {
    this.options = options;
  }

  start(): void {
    this.timer = setInterval(() => this.sign(), this.options.intervalMs).unref();
  }

  /** Signs once, after a call that is still running. A failure is logged, and the next call tries again. */
  sign(): Promise<void> {
    this.signing = this.signing
      .then(() => this.signHead())
      .catch((error: Error) => this.options.log.warn(`The log could not be signed, will try again: ${error.message}`));
    return this.signing;
  }

  /** To verify a log that was never signed, or not for a long time, may take longer than a stop may. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const limit = setTimeout(() => {
      this.isOutOfTime = true;
    }, this.options.stopMs ?? STOP_MS);
    await this.sign().finally(() => clearTimeout(limit));
  }

  private async signHead(): Promise<void> {
    const { database, openKey, file, log } = this.options;
    const { logId, revision: last, hash: newestHash } = await readHead(database.prisma);
    if (newestHash === this.signed?.hash) return;
    const key = await openKey();
    const { fault, head, foreign } = await this.verifyToHead(logId, last, key);
    this.reportForeign(foreign);
    if (fault) {
      const where = `${fault.revision} ${fault.text}`;
      log.error(`The log is NOT signed, because it was tampered with: ${where}. Run: shelfmark audit verify`);
      return;
    }
    if (head.revision === 0n) return;
    const { revision, hash, at } = head;
    const checkpoint = key.sign({ purpose: "HEAD", logId, revision, hash, at: new Date(at) });
    const isNew = await keepCheckpoint(database.prisma, file, checkpoint);
    this.signed = checkpoint;
    if (isNew) log.info(`The log is signed up to revision ${revision}: ${hash}`);
  }

  /** Verifies from the last signature up to the head that it returns. Only that head may be signed. */
  private async verifyToHead(logId: string, last: bigint, trust: Signer): Promise<LogVerification> {
    const { database, stride = STRIDE } = this.options;
    const kept = await this.readKept(logId);
    const since = this.signed?.revision ?? (await this.readNewestSigned(trust.keyId, last));
    for (let from = since < last ? since + 1n : last; ; ) {
      const part = await verifyLog(database.pool, { from, to: from + stride - 1n, trust, kept });
      const { fault, walked, head } = part;
      if (fault || walked.to >= head.revision) return part;
      if (this.isOutOfTime) throw new Error(`there was no time to verify it up to revision ${head.revision}.`);
      from = walked.from > walked.to ? walked.from : walked.to + 1n;
      // the embedded database answers without a turn of the event loop
      await setImmediate();
    }
  }

  /**
   * The checkpoints of this log from the file and of this process. The file may be anyone's to change, so the process also
   * remembers what it signed itself. Half a line that a crash left is reported by `audit verify`. Checkpoints of other logs
   * are of servers that used the folder before.
   */
  private async readKept(logId: string): Promise<SignedCheckpoint[]> {
    const inFile = (await readCheckpointFile(this.options.file, () => undefined)) ?? [];
    return [...inFile.filter((each) => each.logId === logId), ...(this.signed ? [this.signed] : [])];
  }

  /** The newest checkpoint of the key in the database. The walk that starts there finds out whether it is genuine. */
  private async readNewestSigned(keyId: string, head: bigint): Promise<bigint> {
    const { _max } = await this.options.database.prisma.logCheckpoint.aggregate({
      where: { keyId, revision: { lte: head } },
      _max: { revision: true },
    });
    return _max.revision ?? 0n;
  }

  /** Once for each set of keys: otherwise a key that replaced the old one would go unnoticed. */
  private reportForeign(foreign: readonly string[]): void {
    const keys = foreign.join(", ");
    if (keys !== "" && keys !== this.reportedKeys)
      this.options.log.warn(`The log also has checkpoints of other keys, which this server cannot check: ${keys}`);
    this.reportedKeys = keys;
  }
}
