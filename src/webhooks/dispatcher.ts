import { setTimeout as sleep } from "node:timers/promises";
import type { EventTail } from "../store/events/event-tail.js";
import type { Event } from "../store/generated/client.js";
import { claimDeliveries, hasWebhooks, nextDelivery } from "../store/webhooks/webhook-queue.js";
import { type DeliverServices, deliver, UNFOLLOWED } from "./deliver.js";
import { DeliveryPlanner } from "./plan-deliveries.js";

export interface DispatcherOptions extends Omit<DeliverServices, "random" | "follow"> {
  readonly events: Pick<EventTail, "next" | "newest">;
  readonly random?: () => number;
  readonly follow?: DeliverServices["follow"];
}

/** Queues deliveries from the log and sends them. Any number of dispatchers, in any number of processes, share the work. */
export interface WebhookDispatcher {
  start(): Promise<void>;
  /** Aborts the sends that are still running after a moment. The next dispatcher sends those deliveries again. */
  stop(): Promise<void>;
  /** Looks for due deliveries now. For changes that the log does not hold. */
  wake(): void;
}

/** Longer than a send may take. If a dispatcher dies, its deliveries wait this long for another one. */
const LEASE_MS = 30_000;
/** Each webhook has at most one send at a time. */
const MAX_SENDS = 256;
const MAX_SLEEP_MS = 20_000;
const MIN_SLEEP_MS = 10;
/** Another process may queue deliveries that only this one can sign, and does not announce them. */
const OTHERS_PLAN_MS = 200;
const AFTER_FAILURE_MS = 2_000;
const GRACE_MS = 1_000;

export function createWebhookDispatcher(options: DispatcherOptions): WebhookDispatcher {
  return new Dispatcher(options);
}

class Dispatcher implements WebhookDispatcher {
  private readonly options: DispatcherOptions;
  private readonly services: DeliverServices;
  private readonly planner: DeliveryPlanner;
  private readonly sending = new Set<Promise<void>>();
  private readonly aborted = new AbortController();
  private sleeping = new AbortController();
  private running: Promise<void> | null = null;
  private isStopping = false;
  private isAwake = false;
  private hasWarned = false;
  private seen = 0n;

  constructor(options: DispatcherOptions) {
    const { commands, random = Math.random, follow = () => UNFOLLOWED } = options;
    this.options = options;
    this.services = { ...options, random, follow };
    this.planner = new DeliveryPlanner(commands.prisma, commands.now, options.consoleUrl);
  }

  readonly wake = (): void => {
    this.isAwake = true;
    this.sleeping.abort();
  };

  async start(): Promise<void> {
    const { prisma } = this.options.commands;
    const head = await prisma.eventHead.findUniqueOrThrow({ where: { id: 1 }, select: { revision: true } });
    this.seen = head.revision;
    this.running = this.run((await hasWebhooks(prisma)) ? 0 : undefined);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    const timer = setTimeout(() => this.aborted.abort(), GRACE_MS);
    await this.running;
    await Promise.all(this.sending);
    clearTimeout(timer);
  }

  private async run(firstSleepMs: number | undefined): Promise<void> {
    const { log } = this.options;
    let sleepMs = firstSleepMs;
    while (!this.isStopping) {
      try {
        const isIdle = sleepMs === undefined;
        const news = await this.listen(sleepMs);
        if (news === null || this.isStopping) return;
        // without webhooks only the creation of one matters, so the log costs nothing
        if (isIdle && !this.isAwake && !news.some(({ type }) => type === "webhook.created")) continue;
        this.isAwake = false;
        sleepMs = await this.dispatchDue();
      } catch (error) {
        log.warn(`Webhooks could not be dispatched, will try again: ${(error as Error).message}`);
        sleepMs = AFTER_FAILURE_MS;
        await sleep(AFTER_FAILURE_MS, undefined, { signal: this.aborted.signal }).catch(() => {});
      }
    }
  }

  /** The events since the last call; null once the tail has stopped. */
  private async listen(timeoutMs: number | undefined): Promise<readonly Event[] | null> {
    const { events } = this.options;
    this.sleeping = new AbortController();
    if (this.isAwake || this.isStopping) this.sleeping.abort();
    // restoring a backup may set the log back
    if (this.seen > events.newest) this.seen = events.newest;
    const { signal } = this.sleeping;
    const news = await events.next(this.seen, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    if (news === "gone") {
      this.seen = events.newest;
      this.isAwake = true;
      return [];
    }
    this.seen = news?.at(-1)?.revision ?? this.seen;
    return news;
  }

  /** Returns for how long nothing is due; undefined = until the log has news. */
  private async dispatchDue(): Promise<number | undefined> {
    if (!(await hasWebhooks(this.options.commands.prisma))) return undefined;
    // deliveries that are queued by now are sent before more of the log is read
    const isBehind = await this.planner.planPages();
    const limit = MAX_SENDS - this.sending.size;
    const sleepMs = limit === 0 ? MAX_SLEEP_MS : await this.claimAndSend(limit);
    return isBehind ? 0 : sleepMs;
  }

  /** Starts to send what is due. Returns how long until the next delivery is due. */
  private async claimAndSend(limit: number): Promise<number> {
    const { commands, secrets } = this.options;
    const { prisma, now } = commands;
    const keyId = await secrets.keyId();
    await this.warnOfOtherKeys(keyId);
    const at = now();
    const leasedUntil = new Date(at.getTime() + LEASE_MS);
    for (const delivery of await claimDeliveries(prisma, { keyId, now: at, leasedUntil, limit })) this.send(delivery);
    const { at: due, isBehind } = await nextDelivery(prisma, keyId);
    const waitMs = due ? due.getTime() - now().getTime() : MAX_SLEEP_MS;
    return Math.min(Math.max(waitMs, MIN_SLEEP_MS), isBehind ? OTHERS_PLAN_MS : MAX_SLEEP_MS);
  }

  private send(delivery: Parameters<typeof deliver>[1]): void {
    const { log } = this.options;
    const sent: Promise<void> = deliver(this.services, delivery, this.aborted.signal)
      .catch((error: Error) =>
        log.warn(`The webhook delivery ${delivery.id} was not recorded, will be sent again: ${error.message}`),
      )
      .finally(() => {
        this.sending.delete(sent);
        this.wake();
      });
    this.sending.add(sent);
  }

  private async warnOfOtherKeys(keyId: string): Promise<void> {
    if (this.hasWarned) return;
    this.hasWarned = true;
    const { commands, log } = this.options;
    const count = await commands.prisma.webhook.count({ where: { deletedAt: null, keyId: { not: keyId } } });
    if (count === 0) return;
    log.warn(
      `The secrets of ${count} webhooks are encrypted with another key, so this server does not send for them. Set SHELFMARK_WEBHOOK_KEY to that key.`,
    );
  }
}
