import { setTimeout as sleep } from "node:timers/promises";
import type { Revocations } from "../../domain/access/revocation.js";
import { readRevocations } from "../access/revocations.js";
import type { PrismaClient } from "../generated/client.js";
import { readHead } from "./event-log.js";
import type { EventTail } from "./event-tail.js";

interface FollowOptions {
  readonly prisma: Pick<PrismaClient, "revocation" | "eventHead">;
  readonly events: Pick<EventTail, "next" | "newest" | "divergences">;
  /** Called at the start, and whenever any process has revoked a token. */
  readonly onRevocations: (revocations: Revocations) => void;
  readonly log: { warn(message: string): void };
}

const RETRY_MS = 1_000;

/** Reads the revoked tokens, and reads them again whenever the log has an event about a revocation. */
export async function followRevocations({ prisma, events, onRevocations, log }: FollowOptions) {
  const stopping = new AbortController();
  let { divergences } = events;
  let { revision } = await readHead(prisma);
  onRevocations(await readRevocations(prisma));

  async function followPage(): Promise<void> {
    const isSame = events.divergences === divergences;
    const page = isSame ? await events.next(revision, { signal: stopping.signal }) : "gone";
    if (page === null) return stopping.abort();
    if (page === "gone" || events.divergences !== divergences) return startOver();
    const [first] = page;
    const isRevoked = page.some(({ type }) => type === "token.revoked");
    // the log was compacted past this reader, which may have missed a revocation
    const isGap = first !== undefined && first.revision !== revision + 1n;
    if (isRevoked || isGap) onRevocations(await readRevocations(prisma));
    revision = page.at(-1)?.revision ?? revision;
  }

  /** The log was compacted or its history was replaced, so events may have been missed. */
  async function startOver(): Promise<void> {
    const { newest, divergences: current } = events;
    onRevocations(await readRevocations(prisma));
    [revision, divergences] = [newest, current];
  }

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      await followPage().catch(async (error: Error) => {
        log.warn(`The revoked tokens could not be read, will try again: ${error.message}`);
        await sleep(RETRY_MS, undefined, { ref: false });
      });
    }
  }

  const following = follow();
  return {
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
