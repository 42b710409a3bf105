import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf, createTestDatabase, dropTestDatabase } from "../support/database/postgres-server.js";
import { PATIENT_LIMITS } from "../support/patient-limits.js";
import {
  killServerProcesses,
  runShelfmark,
  type ServerProcess,
  startServerProcess,
} from "../support/process/server-process.js";

export const REGISTER = `mutation Register($input: CreateModelVersionInput!) {
  createModelVersion(input: $input) { modelVersion { number } }
}`;
export const PROMOTE = `mutation Promote($input: TransitionModelVersionInput!) {
  transitionModelVersion(input: $input) { transition { to } }
}`;
export const WATCH = `subscription Watch($after: String, $where: StageChangedFilter) {
  stageChanged(after: $after, where: $where) { cursor event { modelName versionNumber to } }
}`;

export interface Message {
  readonly stageChanged: { readonly cursor: string; readonly event: { readonly versionNumber: number } | null };
}

export function registration(model: string, key = `${model}-1`) {
  return { input: { model: { name: model }, createModel: true, source: `s3://models/${key}`, idempotencyKey: key } };
}

/** What promotes a version; by default nobody may stand there yet. */
export function promotion(model: string, number: number, rest: object = { expectedHolder: null }) {
  return { input: { version: { number: { model, number } }, to: "PRODUCTION", archiveExisting: true, ...rest } };
}

export interface Registry extends ServerProcess {
  readonly reader: string;
  /** A token as `shelfmark token` makes it. */
  issue(...args: string[]): Promise<string>;
  /** Registers another version and promotes it over whoever stands there. */
  release(model: string, key: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startRegistry(settings: Readonly<Record<string, string>> = {}): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-clients-"));
  const database = process.env.TEST_DATABASE_URL ? await createTestDatabase() : "";
  const where = database ? { DATABASE_URL: addressOf(database) } : {};
  const env = { ...PATIENT_LIMITS, SHELFMARK_DATA: folder, ...where, ...settings };
  const server = await startServerProcess(env);
  const issue = async (...args: string[]) => (await runShelfmark(["token", ...args], env)).out.trim();
  return {
    ...server,
    issue,
    reader: await issue("--subject", "reader", "--scope", "models:read"),
    async release(model, key) {
      const made = await server.data(REGISTER, registration(model, key));
      await server.data(PROMOTE, promotion(model, made.createModelVersion.modelVersion.number, {}));
    },
    async stop() {
      await killServerProcesses();
      if (database) await dropTestDatabase(database);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A stream's messages up to its `count`th promotion. */
export type Listen = (
  after: string | undefined,
  tell: (message: Message) => void,
  fail: (error: Error) => void,
) => () => void;

function listenFor(listen: Listen, after: string | undefined, count: number, onOpen?: () => Promise<void>) {
  return new Promise<{ numbers: number[]; cursor: string }>((resolve, reject) => {
    const numbers: number[] = [];
    let opened = false;
    const stop = listen(
      after,
      ({ stageChanged: { cursor, event } }) => {
        if (!opened) onOpen?.().catch(reject);
        opened = true;
        if (event) numbers.push(event.versionNumber);
        if (numbers.length < count) return;
        setTimeout(() => stop());
        resolve({ numbers, cursor });
      },
      reject,
    );
  });
}

/** One change seen live, two missed while nobody listens, then one more: what the client saw after it came back. */
export async function listenMissResume(registry: Registry, model: string, listen: Listen): Promise<number[]> {
  const live = await listenFor(listen, undefined, 1, () => registry.release(model, `${model}-live`));
  await registry.release(model, `${model}-missed-1`);
  await registry.release(model, `${model}-missed-2`);
  // A version that the resumed stream must tell last: anything told twice would be among those before it.
  const resumed = await listenFor(listen, live.cursor, 3, () => registry.release(model, `${model}-again`));
  return [...live.numbers, ...resumed.numbers];
}
