import type { EventTail } from "../store/events/event-tail.js";
import type { Event } from "../store/generated/client.js";
import { claimDeliveries, hasWebhooks, nextDelivery } from "../store/webhooks/webhook-queue.js";
import { type DeliverServices, deliver, UNFOLLOWED } from "./deliver.js";
import { planDeliveries } from "./plan-deliveries.js";

export interface DispatcherOptions extends Omit<DeliverServices, "random" | "follow"> {
  readonly events: Pick<EventTail, "next" | "newest">;
  readonly log: { warn(message: string): void };
  readonly random?: () => number;
  readonly follow?: DeliverServices["follow"];
}

/** Makes deliveries from the log and sends them. Any number of them, in any number of processes, share the work. */
export interface WebhookDispatcher {
  start(): Promise<void>;
  /** What is being sent is cut off after a moment, and sent again by the next dispatcher. */
  stop(): Promise<void>;
  /** Something is due that the log does not tell of. */
  wake(): void;
}

/** Longer than a send may take: a sender that dies holds its delivery for as long. */
const LEASE_MS = 30_000;
/** Each webhook has one at most. */
const SENDS_AT_ONCE = 256;
const PAGES_AT_ONCE = 20;
const LONGEST_SLEEP_MS = 20_000;
const SHORTEST_SLEEP_MS = 10;
/** Another process queues deliveries that only this one may be able to sign, and does not say when it has. */
const OTHERS_PLAN_MS = 200;
const AFTER_FAILURE_MS = 2_000;
const GRACE_MS = 1_000;

export function createWebhookDispatcher(options: DispatcherOptions): WebhookDispatcher {
  const { events, commands, secrets, log } = options;
  const { prisma, now } = commands;
  const services = { ...options, random: options.random ?? Math.random, follow: options.follow ?? (() => UNFOLLOWED) };
  const sending = new Set<Promise<void>>();
  /** Webhooks that are still behind and have had their turn: one that is far behind does not keep others waiting. */
  const hadTurn = new Set<string>();
  const cut = new AbortController();
  let sleep = new AbortController();
  let running: Promise<void> | null = null;
  let stopping = false;
  let isAwake = false;
  let warned = false;
  let seen = 0n;

  const wake = () => {
    isAwake = true;
    sleep.abort();
  };

  async function warnOfOtherKeys(keyId: string): Promise<void> {
    if (warned) return;
    warned = true;
    const count = await prisma.webhook.count({ where: { deletedAt: null, keyId: { not: keyId } } });
    if (count === 0) return;
    log.warn(
      `${count} webhooks have secrets that were encrypted with another key (SHELFMARK_WEBHOOK_KEY): not sent from here.`,
    );
  }

  /** Returns how long nothing is to be done, unless the log tells something; undefined = until then. */
  async function round(): Promise<number | undefined> {
    if (!(await hasWebhooks(prisma))) return undefined;
    const isBehind = await planPages();
    const limit = SENDS_AT_ONCE - sending.size;
    const sleepMs = limit === 0 ? LONGEST_SLEEP_MS : await claimAndSend(limit);
    return isBehind ? 0 : sleepMs;
  }

  /** A page for each in turn. True if there is more of the log to be read: what is queued by now goes out first. */
  async function planPages(): Promise<boolean> {
    for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
      const page = await planDeliveries(prisma, now(), hadTurn);
      if (page?.isBehind) hadTurn.add(page.webhookId);
      if (page) continue;
      if (hadTurn.size === 0) return false;
      hadTurn.clear();
    }
    return true;
  }

  /** Begins to send what is due; returns how long until more is. */
  async function claimAndSend(limit: number): Promise<number> {
    const keyId = await secrets.keyId();
    await warnOfOtherKeys(keyId);
    const at = now();
    const leasedUntil = new Date(at.getTime() + LEASE_MS);
    for (const delivery of await claimDeliveries(prisma, { keyId, now: at, leasedUntil, limit })) {
      const sent: Promise<void> = deliver(services, delivery, cut.signal)
        .catch((error: Error) => log.warn(`A webhook delivery was not recorded, will be sent again: ${error.message}`))
        .finally(() => {
          sending.delete(sent);
          wake();
        });
      sending.add(sent);
    }
    const { at: due, isBehind } = await nextDelivery(prisma, keyId);
    const wait = due ? due.getTime() - now().getTime() : LONGEST_SLEEP_MS;
    return Math.min(Math.max(wait, SHORTEST_SLEEP_MS), isBehind ? OTHERS_PLAN_MS : LONGEST_SLEEP_MS);
  }

  /** What happened since the last look; null once the tail has stopped. */
  async function listen(timeoutMs: number | undefined): Promise<readonly Event[] | null> {
    sleep = new AbortController();
    if (isAwake || stopping) sleep.abort();
    // a database that was restored may have set the log back
    if (seen > events.newest) seen = events.newest;
    const news = await events.next(seen, { signal: sleep.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    if (news === "gone") {
      seen = events.newest;
      isAwake = true;
      return [];
    }
    seen = news?.at(-1)?.revision ?? seen;
    return news;
  }

  async function run(firstSleepMs: number | undefined): Promise<void> {
    let sleepMs = firstSleepMs;
    while (!stopping) {
      try {
        const wasIdle = sleepMs === undefined;
        const news = await listen(sleepMs);
        if (news === null || stopping) return;
        // Without webhooks only the making of one matters, so the log costs nothing.
        if (wasIdle && !isAwake && !news.some(({ type }) => type === "webhook.created")) continue;
        isAwake = false;
        sleepMs = await round();
      } catch (error) {
        log.warn(`Webhooks could not be dispatched, will try again: ${(error as Error).message}`);
        sleepMs = AFTER_FAILURE_MS;
        await pause(AFTER_FAILURE_MS, cut.signal);
      }
    }
  }

  return {
    wake,
    async start() {
      const head = await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 }, select: { revision: true } });
      seen = head.revision;
      running = run((await hasWebhooks(prisma)) ? 0 : undefined);
    },
    async stop() {
      stopping = true;
      wake();
      const timer = setTimeout(() => cut.abort(), GRACE_MS);
      await running;
      await Promise.all(sending);
      clearTimeout(timer);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
