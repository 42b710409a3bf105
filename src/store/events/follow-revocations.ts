import { setTimeout as sleep } from "node:timers/promises";
import type { Revocations } from "../../domain/access/revocation.js";
import { readRevocations } from "../access/revocations.js";
import type { PrismaClient } from "../generated/client.js";
import { readHead } from "./event-log.js";
import type { EventTail } from "./event-tail.js";

type Table = Pick<PrismaClient, "revocation" | "eventHead">;

export interface FollowOptions {
  readonly prisma: Table;
  readonly events: Pick<EventTail, "next" | "newest" | "lapses">;
  /** Called at the start, and whenever something was revoked by any process. */
  readonly onRevocations: (revocations: Revocations) => void;
  readonly log: { warn(message: string): void };
}

const RETRY_MS = 1_000;

/** Knows what has been revoked, and learns of the rest from the log, which tells all processes. */
export async function followRevocations({ prisma, events, onRevocations, log }: FollowOptions) {
  const stopping = new AbortController();
  let { lapses } = events;
  let { revision } = await readHead(prisma);
  onRevocations(await readRevocations(prisma));

  async function follow(): Promise<void> {
    const isSame = events.lapses === lapses;
    const page = isSame ? await events.next(revision, { signal: stopping.signal }) : "gone";
    if (page === null) return stopping.abort();
    if (page === "gone" || events.lapses !== lapses) return beginAnew();
    const [first] = page;
    const isTold = page.some(({ type }) => type === "token.revoked");
    // the log was compacted past this reader, so it may have been told
    const isMissed = first !== undefined && first.revision !== revision + 1n;
    if (isTold || isMissed) onRevocations(await readRevocations(prisma));
    revision = page.at(-1)?.revision ?? revision;
  }

  /** The log was compacted or set back, so nobody told. */
  async function beginAnew(): Promise<void> {
    const [newest, now] = [events.newest, events.lapses];
    onRevocations(await readRevocations(prisma));
    [revision, lapses] = [newest, now];
  }

  async function followOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await follow().catch(async (error: Error) => {
        log.warn(`What was revoked could not be read, will try again: ${error.message}`);
        await sleep(RETRY_MS, undefined, { ref: false });
      });
    }
  }

  const following = followOn();
  return {
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
