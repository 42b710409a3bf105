import type pg from "pg";
import type { PrismaClient } from "../generated/client.js";
import type { StatementObserver } from "./statement-observer.js";

export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Shows every statement that is sent from now on. Returns what to call when it has been seen enough. */
  observe(observer: StatementObserver): () => void;
  /** Tells each payload notified on the channel, and `gap` after each (re)connect: some may have been missed before it. */
  listen(channel: string, on: Listening): Promise<{ stop(): Promise<void> }>;
  /** Rejects when the database does not answer in time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Listening {
  notify(payload: string): void;
  gap(): void;
}

/** What PostgreSQL bounds, or the connection to it: the embedded database works in this very thread. */
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
