import type pg from "pg";
import type { PrismaClient } from "../generated/client.js";
import type { Reads } from "../reads/create-reads.js";
import type { RawReads } from "./raw-reads.js";
import type { StatementObserver } from "./statement-observer.js";

export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Reads outside transactions. */
  readonly reads: Reads;
  /** Statements written by hand, outside transactions. */
  readonly rawReads: RawReads;
  /** Calls the observer for every statement that is sent from now on. Returns the function that ends this. */
  observe(observer: StatementObserver): () => void;
  /** Calls `notify` with each payload of the channel, and `gap` after each connect: payloads may have been missed before. */
  listen(channel: string, on: Listener): Promise<{ stop(): Promise<void> }>;
  /** Rejects when the database does not answer in time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Listener {
  notify(payload: string): void;
  gap(): void;
}

/** Limits that PostgreSQL or the connection to it enforces. The embedded database runs in the thread of the process. */
interface StatementLimits {
  readonly statementTimeoutMs: number;
  readonly resultBytes: number;
}

export type DatabaseOptions = StatementLimits &
  (
    | { kind: "postgres"; url: string; listenUrl?: string; poolSize: number; prepared: boolean }
    | { kind: "pglite"; folder: string }
  );

export interface DatabaseLog {
  info(message: string): void;
  warn(message: string): void;
}
