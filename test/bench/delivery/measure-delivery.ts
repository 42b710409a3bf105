import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { cpuMilliseconds, residentKilobytes } from "../measure/process-usage.js";
import { quantile } from "../measure/quantile.js";
import type { Measured } from "../measure/rounds.js";
import { size } from "../size.js";
import type { Audience } from "./audience.js";
import { liveKilobytes } from "./live-memory.js";

export interface Delivery extends Measured {
  /** The live heap of one subscriber that waits. */
  readonly liveKb: number;
}

const ROUNDS = 4;
/** Not counted: what runs for the first time is compiled. */
const WARM_UP = size(20, 1);
/** These warm the process up; memory is what the others add. */
const FIRST = size(100, 2);
const PAUSE_MS = 100;
const BATCH = 100;
const MISSING_MS = 120_000;

/** Files that this process may have open, less what it needs beside sockets. */
const MAX_SOCKETS = 15_000;

interface Extent {
  readonly subscribers: number;
  readonly seconds: number;
}

/**
 * Ten events a second, and how late each subscriber hears of each: all audiences in turns, or one after the other where they
 * have more sockets than a process may open.
 */
export async function measureDelivery(audiences: readonly Audience[], extent: Extent): Promise<Delivery[]> {
  if (audiences.length * extent.subscribers <= MAX_SOCKETS) return measureInTurns(audiences, extent);
  const measured: Delivery[] = [];
  for (const audience of audiences) measured.push(...(await measureInTurns([audience], extent)));
  return measured;
}

async function measureInTurns(audiences: readonly Audience[], { subscribers, seconds }: Extent): Promise<Delivery[]> {
  const listeners: Listeners[] = [];
  for (const audience of audiences) listeners.push(await Listeners.open(audience, subscribers));
  for (const each of listeners) await each.warmUp();
  const events = Math.max(1, Math.round((seconds * 1000) / PAUSE_MS / ROUNDS));
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of round % 2 === 0 ? listeners : [...listeners].reverse()) await each.hear(events);
  }
  return Promise.all(listeners.map((each) => each.close()));
}

/** The subscribers of one audience. */
class Listeners {
  private readonly audience: Audience;
  private readonly sockets: WebSocket[] = [];
  private late: number[] = [];
  private heard = 0;
  private liveKb = 0;
  private cpuMs = 0;
  private statements = 0;
  private ms = 0;

  private constructor(audience: Audience) {
    this.audience = audience;
  }

  static async open(audience: Audience, subscribers: number): Promise<Listeners> {
    const opened = new Listeners(audience);
    await opened.connect(FIRST);
    const before = await liveKilobytes(audience.pid);
    await opened.connect(subscribers);
    opened.liveKb = ((await liveKilobytes(audience.pid)) - before) / (subscribers - FIRST);
    return opened;
  }

  async warmUp(): Promise<void> {
    await this.publish(WARM_UP);
    this.late = [];
  }

  async hear(events: number): Promise<void> {
    const { pid, countStatements } = this.audience;
    const statements = (await countStatements?.()) ?? 0;
    const [cpu, start] = [cpuMilliseconds(pid), performance.now()];
    await this.publish(events);
    this.ms += performance.now() - start;
    this.cpuMs += cpuMilliseconds(pid) - cpu;
    if (countStatements) this.statements += (await countStatements()) - statements - 1;
  }

  async close(): Promise<Delivery> {
    for (const socket of this.sockets) socket.terminate();
    await sleep(PAUSE_MS);
    const { late, ms, cpuMs, statements, audience } = this;
    return {
      rps: (late.length * 1000) / ms,
      cpuMs: cpuMs / late.length,
      p50: quantile(late, 0.5),
      p99: quantile(late, 0.99),
      rssMb: residentKilobytes(audience.pid) / 1024,
      statements: audience.countStatements ? (statements * this.sockets.length) / late.length : null,
      liveKb: this.liveKb,
    };
  }

  /** Publishes by the clock, and waits until each subscriber has heard of each event exactly once. */
  private async publish(events: number): Promise<void> {
    const wanted = this.heard + events * this.sockets.length;
    for (let i = 0; i < events; i++) {
      const next = performance.now() + PAUSE_MS;
      await this.audience.publish();
      await sleep(Math.max(0, next - performance.now()));
    }
    for (const end = Date.now() + MISSING_MS; this.heard < wanted && Date.now() < end; ) await sleep(5);
    if (this.heard !== wanted) throw new Error(`${wanted} messages were expected, and ${this.heard} came.`);
  }

  private async connect(count: number): Promise<void> {
    const onEvent = (at: number) => {
      this.heard++;
      this.late.push(Date.now() - at);
    };
    while (this.sockets.length < count) {
      const from = this.sockets.length;
      const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => from + i);
      this.sockets.push(...(await Promise.all(batch.map((number) => this.audience.open(number, onEvent)))));
    }
  }
}
