import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type AuditKey, toAuditKey, toAuditTrust } from "../../../src/auth/audit-key.js";
import type { SignedCheckpoint } from "../../../src/domain/events/checkpoint.js";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { Checkpointer } from "../../../src/store/audit/checkpointer.js";
import { readCheckpointFile } from "../../../src/store/audit/checkpoints.js";
import { type CompactionOptions, compactLog } from "../../../src/store/audit/compaction.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";

/** Each transaction is an hour after the one before it, in the future: the time of the log never goes back. */
const HOUR_MS = 3_600_000;
const START = Date.now();
const TABLES = ["Event", "EventHead", "LogCheckpoint"];

const unreachable = (message: string): void => expect.unreachable(message);
/** Fails the test on a warning or an error. */
export const QUIET_LOG = { info() {}, warn: unreachable, error: unreachable };
export const noUnreadable = (line: number) => expect.unreachable(`line ${line}`);

export function newAuditKey(): AuditKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return toAuditKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "the test");
}

/** Recomputes every hash from a revision on, and the head's. */
export const rehashFrom = (revision: number) => `DO $$
  DECLARE e record; previous bytea;
  BEGIN
    SELECT hash INTO previous FROM "Event" WHERE revision = ${revision - 1};
    FOR e IN SELECT revision, body FROM "Event" WHERE revision >= ${revision} ORDER BY revision LOOP
      previous := sha256(previous || convert_to(e.body, 'UTF8'));
      UPDATE "Event" SET hash = previous WHERE revision = e.revision;
    END LOOP;
    UPDATE "EventHead" SET hash = previous;
  END $$`;

/** A log of ten events, of which nine are signed, with what is done to it by operators and by attackers. */
class AuditLog {
  database!: Database;
  context!: CommandContext;
  folder!: string;
  key!: AuditKey;
  /** The file of checkpoints, and its text before each test. */
  file!: string;
  fileText!: string;
  private hours = 0;

  async open(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "shelfmark-audit-"));
    this.database = await openTestDatabase();
    const now = () => new Date(START + this.hours * HOUR_MS);
    const services = { prisma: this.database.prisma, now, newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
    this.context = createCommandContext(services, WRITER, "audit");
    this.key = newAuditKey();
    this.file = join(this.folder, `${this.key.keyId}.jsonl`);
    for (let i = 0; i < 4; i++) {
      this.hours++;
      await createModelVersion(this.context, {
        model: { name: "m" },
        createModel: true,
        source: `s3://b/${i}`,
        aliases: ["a"],
      });
    }
    await this.sign();
    this.hours++;
    await setTag(this.context, { on: { model: { name: "m" } }, key: "k", value: "\u00e9" });
    this.fileText = readFileSync(this.file, "utf8");
    for (const table of TABLES) await this.database.pool.query(`CREATE TABLE "Original${table}" AS TABLE "${table}"`);
  }

  async close(): Promise<void> {
    await this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async reset(): Promise<void> {
    await this.tamper(
      ...TABLES.map((table) => `DELETE FROM "${table}"`),
      ...TABLES.map((table) => `INSERT INTO "${table}" SELECT * FROM "Original${table}"`),
    );
    writeFileSync(this.file, this.fileText);
  }

  /** Signs the head as a server does. */
  async sign(by = this.key, file = this.file, log: typeof QUIET_LOG = QUIET_LOG): Promise<void> {
    await this.checkpointer({ openKey: async () => by, file, log }).sign();
  }

  checkpointer(more: Partial<ConstructorParameters<typeof Checkpointer>[0]> = {}): Checkpointer {
    const { database, file } = this;
    return new Checkpointer({
      database,
      openKey: async () => this.key,
      file,
      intervalMs: 1_000,
      log: QUIET_LOG,
      ...more,
    });
  }

  /** Compacts the first transactions, as `events compact` does. Two of them are five events. */
  compact(count: number, more: Partial<CompactionOptions> = {}) {
    const before = new Date(START + (count + 0.5) * HOUR_MS);
    return compactLog(this.database, { before, key: this.key, file: this.file, ...more });
  }

  async verify(more: { from?: bigint; to?: bigint; kept?: readonly SignedCheckpoint[] } = {}) {
    const trust = toAuditTrust(this.key.publicPem, "the test");
    const kept = (await readCheckpointFile(this.file, noUnreadable)) ?? [];
    return verifyLog(this.database.pool, { trust, kept, ...more });
  }

  /** What an attacker does who has the database, but not the key. */
  async tamper(...statements: string[]): Promise<void> {
    const client = await this.database.pool.connect();
    try {
      const triggers = async (mode: string) => {
        for (const table of ["Event", "LogCheckpoint"])
          await client.query(`ALTER TABLE "${table}" ${mode} TRIGGER USER`);
      };
      await triggers("DISABLE");
      for (const statement of statements) await client.query(statement);
      await triggers("ENABLE");
    } finally {
      client.release();
    }
  }
}

/** An AuditLog for the tests of a file. Each test starts with the original log. */
export function useAuditLog(): AuditLog {
  const log = new AuditLog();
  beforeAll(() => log.open());
  afterAll(() => log.close());
  afterEach(() => log.reset());
  return log;
}
