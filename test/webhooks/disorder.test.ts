import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { type Receiver, startReceiver } from "./receiver.js";
import { openSite, type Site } from "./site.js";

const DISPATCHERS = 3;
const RECEIVERS = 4;
const EVENTS = 12;
const HOUR = 3_600_000;

let site: Site;
let receivers: Receiver[];
beforeEach(async () => {
  site = await openSite();
  receivers = await Promise.all(Array.from({ length: RECEIVERS }, () => startReceiver()));
});
afterEach(async () => {
  await site.stop();
  for (const receiver of receivers) await receiver.stop();
});

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("whatever fails and whoever dies, each receiver takes everything in its order", async () => {
  const random = numbers(7);
  const taken = receivers.map((): string[] => []);
  for (const [i, receiver] of receivers.entries()) {
    receiver.answer = (response, { body }) => {
      const luck = random();
      if (luck < 0.2) return response.writeHead(503).end();
      if (luck < 0.3) return response.destroy();
      // A late answer: the next one must not overtake it.
      setTimeout(() => response.writeHead(204).end(), luck * 10);
      taken[i]?.push(body.data.model.name);
    };
    await site.create({ url: receiver.url });
  }
  const dispatchers = await Promise.all(Array.from({ length: DISPATCHERS }, () => site.startDispatcher()));
  const names = Array.from({ length: EVENTS }, (_, i) => `m${i}`);
  for (const name of names) {
    await site.happen(name);
    if (random() < 0.3) site.pass(HOUR);
  }
  await dispatchers[0]?.stop();
  await eventually(async () => {
    const rows = await site.deliveries();
    const pending = rows.filter(({ status }) => status === "PENDING");
    const first = new Map(pending.toReversed().map((row) => [row.webhookId, row]));
    // while a delivery is due or being sent, an hour would make its try a failed one
    const isWaiting = [...first.values()].every(
      ({ nextAttemptAt, leasedUntil }) => leasedUntil === null && nextAttemptAt && nextAttemptAt > site.clock,
    );
    if (isWaiting) site.pass(HOUR);
    expect(rows.map(({ status }) => status)).toEqual(Array(RECEIVERS * EVENTS).fill("DELIVERED"));
  });
  for (const each of taken) expect([...new Set(each)]).toEqual(names);
  expect(receivers.every(({ received }) => received.length > EVENTS)).toBe(true);
});
