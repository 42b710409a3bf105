import { describe, expect, onTestFinished, test } from "vitest";
import { RETRY_DELAYS_MS } from "../../src/domain/webhooks/retry-schedule.js";
import { redeliver } from "../../src/registry/webhooks/redeliver.js";
import { updateWebhook } from "../../src/registry/webhooks/update-webhook.js";
import { PAGE_EVENTS } from "../../src/store/events/event-log.js";
import { forgetOldDeliveries } from "../../src/store/webhooks/webhook-queue.js";
import { TEST_DATABASE_KIND } from "../support/database/database.js";
import { recordAllStatements } from "../support/database/statements.js";
import { eventually } from "../support/eventually.js";
import { type Receiver, startReceiver, verify } from "./receiver.js";
import { type Site, useSite } from "./site.js";

let site: Site;
let receiver: Receiver;
useSite((parts) => {
  ({ site, receiver } = parts);
});

const settled = (count: number) =>
  eventually(async () => {
    const rows = await site.deliveries();
    expect(rows.filter(({ status }) => status !== "PENDING")).toHaveLength(count);
    return rows;
  });

/** Waits until the oldest delivery had this many tries and waits for the next one. */
const triedTimes = (attempts: number) =>
  eventually(async () => {
    const [row] = await site.deliveries();
    expect(row).toMatchObject({ attempts, leasedUntil: null });
    return row;
  });

const namesOf = ({ received }: Receiver) => received.map(({ body }) => body.data.model.name);

test("an event is sent signed, as a CloudEvents JSON object with its cursor", async () => {
  await site.startDispatcher();
  const { secret, id } = await site.create({ url: receiver.url });
  await site.happen("fraud");
  const [first] = await receiver.until(1);
  if (!first) throw new Error("Nothing came.");
  expect(verify(first, secret, site.clock)).toBe(true);
  const event = await site.database.prisma.event.findFirstOrThrow({ where: { type: "model.registered" } });
  expect(first.headers).toMatchObject({
    "content-type": "application/cloudevents+json; charset=utf-8",
    "webhook-timestamp": String(Math.floor(site.clock.getTime() / 1000)),
  });
  const { logId } = await site.database.prisma.eventHead.findFirstOrThrow();
  expect(first.body).toEqual({
    specversion: "1.0",
    id: event.id,
    source: `shelfmark:${logId}`,
    type: "shelfmark.model.registered",
    time: event.at.toISOString(),
    subject: `Model/${event.modelId}`,
    datacontenttype: "application/json",
    data: {
      revision: Number(event.revision),
      cursor: expect.any(String),
      actor: { issuer: "https://issuer.test", subject: "owner", name: null, kind: "USER" },
      model: { id: Buffer.from(`Model:${event.modelId}`).toString("base64url"), name: "fraud" },
      before: null,
      after: { name: "fraud", description: null, tags: [] },
      commit: { commitId: event.commitId, size: 1, index: 0 },
    },
  });
  const [delivery] = await settled(1);
  expect(delivery).toMatchObject({
    webhookId: id,
    id: first.headers["webhook-id"],
    status: "DELIVERED",
    attempts: 1,
    responseCode: 204,
    error: null,
    nextAttemptAt: null,
    eventType: "model.registered",
    deliveredAt: site.clock,
  });
});

test("a receiver that was down gets every event in order once it is up", async () => {
  await site.startDispatcher();
  const { port } = receiver;
  await receiver.stop();
  await site.create({ url: receiver.url });
  await site.happen("a", "b", "c");
  expect(await triedTimes(1)).toMatchObject({ error: "The receiver could not be reached: ECONNREFUSED." });
  await eventually(async () => {
    const rows = await site.deliveries();
    expect(rows.map(({ attempts, status }) => [attempts, status])).toEqual([
      [1, "PENDING"],
      [0, "PENDING"],
      [0, "PENDING"],
    ]);
  });
  const again = await startReceiver({ port });
  onTestFinished(() => again.stop());
  again.answer = 503;
  site.pass(6_000);
  await again.until(1);
  await triedTimes(2);
  again.answer = 200;
  site.pass(6 * 60_000);
  await settled(3);
  expect(namesOf(again)).toEqual(["a", "a", "b", "c"]);
});

test("events from before a dispatcher ran or could send are not lost", async () => {
  await site.create({ url: receiver.url });
  await site.happen("a", "b");
  await site.startDispatcher();
  await settled(2);
  expect(namesOf(receiver)).toEqual(["a", "b"]);
});

test("after a crash between a send and its record, the delivery is sent again under the same id", async () => {
  const hangs: (() => void)[] = [];
  const dying = await site.startDispatcher({
    async send(message, signal) {
      await site.services.send(message, signal);
      return new Promise((_resolve, reject) => hangs.push(() => reject(new Error("The process is gone."))));
    },
  });
  await site.create({ url: receiver.url, where: { models: ["a"] } });
  const other = await startReceiver();
  await site.create({ url: other.url, where: { models: ["b"] } });
  await site.happen("a");
  await receiver.until(1);
  // it accepts nothing any more, and what it sent stays unrecorded
  const stopped = dying.stop();
  await site.startDispatcher();
  site.pass(29_000);
  await site.happen("b");
  await other.until(1);
  expect(receiver.received, "no other dispatcher sends it during the lease").toHaveLength(1);
  site.pass(2_000);
  const [first, second] = await receiver.until(2);
  await settled(2);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.text).toBe(first?.text);
  await other.stop();
  for (const hang of hangs) hang();
  await stopped;
});

test("events after a restored backup are not confused with deliveries of the lost history", async () => {
  await site.create({ url: receiver.url });
  const before = await site.startDispatcher();
  await site.happen("lost");
  await receiver.until(1);
  await before.stop();
  await site.database.pool.query(`
    ALTER TABLE "Event" DISABLE TRIGGER USER;
    DELETE FROM "Event" WHERE "revision" = (SELECT "revision" FROM "EventHead");
    ALTER TABLE "Event" ENABLE TRIGGER USER;
    UPDATE "EventHead" AS h SET "revision" = e."revision", "hash" = e."hash" FROM "Event" AS e WHERE e."revision" = h."revision" - 1;
    DELETE FROM "WebhookDelivery";
    UPDATE "Webhook" SET "position" = (SELECT "revision" FROM "EventHead")`);
  await site.startDispatcher();
  await site.happen("kept");
  const [lost, kept] = await receiver.until(2);
  expect(kept?.body.data).toMatchObject({ revision: lost?.body.data.revision, model: { name: "kept" } });
  expect(kept?.headers["webhook-id"]).not.toBe(lost?.headers["webhook-id"]);
});

test("two dispatchers send each delivery once and in order", async () => {
  await Promise.all([site.startDispatcher(), site.startDispatcher()]);
  const other = await startReceiver();
  await site.create({ url: receiver.url });
  await site.create({ url: other.url });
  const names = Array.from({ length: 15 }, (_, i) => `m${i}`);
  await site.happen(...names);
  const rows = await settled(30);
  expect(rows.every(({ attempts, status }) => attempts === 1 && status === "DELIVERED")).toBe(true);
  expect(namesOf(receiver)).toEqual(names);
  expect(namesOf(other)).toEqual(names);
  await other.stop();
});

test.runIf(TEST_DATABASE_KIND === "postgres")(
  "a delivery that another process did not queue is sent soon, not only at the next event",
  async () => {
    await site.startDispatcher();
    await site.create({ url: receiver.url });
    const other = await site.database.pool.connect();
    await other.query(`BEGIN`);
    await other.query(`SELECT FROM "Webhook" FOR UPDATE`);
    await site.happen("a");
    const looks = async () => {
      const statements = await recordAllStatements(() => new Promise((resolve) => setTimeout(resolve, 300)));
      expect(statements.some(({ text }) => text.includes("FOR UPDATE SKIP LOCKED"))).toBe(true);
    };
    try {
      await eventually(looks);
      expect(await site.deliveries()).toEqual([]);
    } finally {
      await other.query(`ROLLBACK`);
      other.release();
    }
    await settled(1);
    expect(namesOf(receiver)).toEqual(["a"]);
  },
);

test("a slow receiver does not delay another", async () => {
  await site.startDispatcher();
  const slow = await startReceiver();
  slow.answer = () => {};
  await site.create({ url: slow.url });
  await site.create({ url: receiver.url });
  await site.happen("a", "b", "c", "d");
  await receiver.until(4);
  await expect.poll(() => slow.received.length).toBe(1);
  expect(await site.database.prisma.webhookDelivery.count({ where: { status: "DELIVERED" } })).toBeGreaterThan(2);
  await slow.stop();
});

test("a webhook that is far behind does not stop the log from being read for another", async () => {
  const where = { types: ["alias.*"] };
  const { id: far } = await site.create({ url: receiver.url, where });
  await updateWebhook(site.as(), site.services, { id: far, enabled: false });
  await site.happen("template");
  await appendCopies(2 * PAGE_EVENTS);
  const { id: near } = await site.create({ url: receiver.url, where });
  await updateWebhook(site.as(), site.services, { id: far, enabled: true });
  const statements = await recordAllStatements(async () => {
    await site.startDispatcher();
    const { revision } = await site.database.prisma.eventHead.findFirstOrThrow();
    await expect.poll(() => site.database.prisma.webhook.count({ where: { position: revision } })).toBe(2);
  });
  const moves = statements.filter(({ text }) => /^UPDATE .*"Webhook" SET "position"/.test(text));
  const names = new Map([far, near].map((id, i) => [id, i === 0 ? "far" : "near"]));
  const read = moves.map(({ values }) => names.get(String(values.find((value) => names.has(String(value))))));
  expect(read).toEqual(["far", "near", "far", "far"]);
});

/** Appends this many copies of the newest event in one transaction. */
async function appendCopies(count: number): Promise<void> {
  await site.database.pool.query(
    `SELECT count(*) FROM append_events((
       SELECT jsonb_agg(to_jsonb(e) || jsonb_build_object('id', gen_random_uuid(),
         'head', '{"after":null,"at":"', 'middle', '","before":null,"revision":', 'tail', '}'))
       FROM (SELECT * FROM "Event" ORDER BY "revision" DESC LIMIT 1) AS e, generate_series(1, $1)))`,
    [count],
  );
}

describe("the retry schedule", () => {
  test("takes about three days and ends in FAILED; then the queue continues", async () => {
    await site.startDispatcher();
    receiver.answer = 500;
    await site.create({ url: receiver.url });
    await site.happen("a");
    const waits: number[] = [];
    for (let attempts = 1; attempts <= RETRY_DELAYS_MS.length; attempts++) {
      const row = await triedTimes(attempts);
      const wait = (row?.nextAttemptAt?.getTime() ?? 0) - site.clock.getTime();
      waits.push(wait);
      site.pass(wait);
    }
    for (const [i, wait] of waits.entries()) {
      const delay = RETRY_DELAYS_MS[i] ?? 0;
      expect(wait).toBeGreaterThanOrEqual(delay);
      expect(wait).toBeLessThanOrEqual(delay * 1.1);
    }
    const [row] = await settled(1);
    expect(row).toMatchObject({ status: "FAILED", attempts: 10, responseCode: 500, nextAttemptAt: null });
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    receiver.answer = 200;
    await site.happen("b");
    await settled(2);
    expect(namesOf(receiver).at(-1)).toBe("b");
  });

  test("a try is signed with its own time, so that it is fresh for the receiver hours later", async () => {
    await site.startDispatcher();
    const { secret } = await site.create({ url: receiver.url });
    const skewed = () => new Date(site.clock.getTime() + 10 * 60_000);
    receiver.answer = (response, received) => response.writeHead(verify(received, secret, skewed()) ? 200 : 400).end();
    await site.happen("a");
    expect(await triedTimes(1), "a receiver whose clock is ten minutes off refuses").toMatchObject({
      responseCode: 400,
    });
    receiver.answer = (response, received) =>
      response.writeHead(verify(received, secret, site.clock) ? 200 : 400).end();
    site.pass(2 * 3_600_000);
    const [row] = await settled(1);
    expect(row).toMatchObject({ status: "DELIVERED", attempts: 2 });
  });

  test.each([
    ["seconds", () => "120", 120_000],
    ["a date", (now: Date) => new Date(now.getTime() + 600_000).toUTCString(), 600_000],
    ["longer than a day", () => "9999999", 24 * 3_600_000],
    ["less than the schedule", () => "1", 5_000],
  ])("Retry-After is honoured: %s", async (_name, header, wait) => {
    await site.startDispatcher();
    receiver.answer = (response) => response.writeHead(429, { "retry-after": header(site.clock) }).end();
    await site.create({ url: receiver.url });
    await site.happen("a");
    const row = await triedTimes(1);
    const waits = (row?.nextAttemptAt?.getTime() ?? 0) - site.clock.getTime();
    expect(waits).toBeGreaterThan(wait - 1_000);
    expect(waits).toBeLessThanOrEqual(wait * 1.1);
  });
});

test("410 disables the webhook with a reason; once enabled it continues where it stopped", async () => {
  await site.startDispatcher();
  receiver.answer = 410;
  const { id } = await site.create({ url: receiver.url });
  await site.happen("a");
  await eventually(async () => {
    const webhook = await site.database.prisma.webhook.findUniqueOrThrow({ where: { id } });
    expect(webhook).toMatchObject({ disabledAt: site.clock, disabledReason: "The receiver responded with 410." });
  });
  await settled(1);
  expect(await site.deliveries()).toMatchObject([{ status: "FAILED", responseCode: 410 }]);
  await site.happen("b");
  const event = await site.database.prisma.event.findFirstOrThrow({ where: { type: "webhook.updated" } });
  expect(event).toMatchObject({ actorIssuer: "shelfmark", subjectId: id });
  receiver.answer = 200;
  await updateWebhook(site.as(), site.services, { id, enabled: true });
  await settled(2);
  expect(namesOf(receiver)).toEqual(["a", "b"]);
});

test("410 disables the webhook before any dispatcher can claim the next delivery", async () => {
  await site.create({ url: receiver.url });
  receiver.answer = 410;
  const statements = await recordAllStatements(async () => {
    await site.startDispatcher();
    await site.happen("a");
    await settled(1);
    const enabled = () => site.database.prisma.webhook.count({ where: { disabledAt: null } });
    await expect.poll(enabled).toBe(0);
  });
  const steps = statements.flatMap(({ text }) => /^UPDATE .*?"(?:disabledAt|responseCode)" = /s.exec(text)?.[0] ?? []);
  expect(steps.map((step) => /"Webhook(?:Delivery)?"/.exec(step)?.[0])).toEqual(['"Webhook"', '"WebhookDelivery"']);
});

test.each([
  { broken: "changed", logged: 0, change: (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1) },
  { broken: "cut short", logged: 1, change: (bytes: Uint8Array) => bytes.slice(0, 14) },
])(
  "a secret that was $broken fails the try, and only what is no matter of keys is logged",
  async ({ logged, change }) => {
    const warnings: string[] = [];
    await site.startDispatcher({ log: { warn: (message) => warnings.push(message) } });
    const { id } = await site.create({ url: receiver.url });
    const { secret } = await site.database.prisma.webhook.findUniqueOrThrow({ where: { id } });
    await site.database.prisma.webhook.update({
      where: { id },
      data: { secret: new Uint8Array(change(secret ?? new Uint8Array())) },
    });
    await site.happen("fraud");
    const delivery = await triedTimes(1);
    expect(delivery).toMatchObject({
      status: "PENDING",
      error: "The secret could not be decrypted.",
      responseCode: null,
    });
    expect(warnings).toEqual(
      Array.from({ length: logged }, () =>
        expect.stringContaining(`The secret for the webhook delivery ${delivery?.id} could not be read: `),
      ),
    );
    expect(receiver.received).toEqual([]);
  },
);

test("during a rotation both secrets verify; a day later only the new one", async () => {
  await site.startDispatcher();
  const { id, secret: old } = await site.create({ url: receiver.url });
  const { secret } = await updateWebhook(site.as(), site.services, { id, rotateSecret: true });
  if (!secret) throw new Error("No secret was answered.");
  await site.happen("a");
  await settled(1);
  site.pass(24 * 3_600_000 + 1);
  await site.happen("b");
  const [during, after] = await receiver.until(2);
  if (!during || !after) throw new Error("Nothing came.");
  const before = new Date(site.clock.getTime() - 24 * 3_600_000);
  expect([verify(during, old, before), verify(during, secret, before)]).toEqual([true, true]);
  expect([verify(after, old, site.clock), verify(after, secret, site.clock)]).toEqual([false, true]);
});

test("redeliver sends a delivery again under the same id, after those that wait", async () => {
  await site.startDispatcher();
  await site.create({ url: receiver.url });
  await site.happen("a");
  const [row] = await settled(1);
  if (!row) throw new Error("There is no delivery.");
  await redeliver(site.as(), site.services, { delivery: row.id });
  const [first, second] = await receiver.until(2);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.text).toBe(first?.text);
  const [again] = await settled(1);
  expect(again).toMatchObject({ status: "DELIVERED", attempts: 1 });
});

test("changed rights apply to deliveries that wait, and to those that are sent again", async () => {
  await site.startDispatcher();
  receiver.answer = 503;
  const { id } = await site.create({ url: receiver.url });
  await site.happen("hidden", "shown");
  await triedTimes(1);
  receiver.answer = 200;
  await updateWebhook(site.as({ modelGlobs: ["sh*"] }), site.services, { id });
  site.pass(6_000);
  const [hidden, shown] = await settled(2);
  expect(hidden).toMatchObject({ status: "FAILED", error: expect.stringContaining("may no longer see this event") });
  expect(shown).toMatchObject({ status: "DELIVERED" });
  expect(namesOf(receiver)).toEqual(["hidden", "shown"]);
  await redeliver(site.as(), site.services, { delivery: hidden?.id ?? "" });
  await eventually(async () => {
    expect((await site.deliveries()).find(({ id }) => id === hidden?.id)).toMatchObject({
      status: "FAILED",
      attempts: 1,
      queuedAt: site.clock,
    });
  });
  expect(receiver.received).toHaveLength(2);
});

test("a stop aborts a send; the try does not count, and another dispatcher sends it at once", async () => {
  const stopping = await site.startDispatcher();
  receiver.answer = () => {};
  await site.create({ url: receiver.url });
  await site.happen("a");
  await receiver.until(1);
  await stopping.stop();
  expect(await site.deliveries()).toMatchObject([{ status: "PENDING", attempts: 0, leasedUntil: null, error: null }]);
  receiver.answer = 204;
  await site.startDispatcher();
  expect(await settled(1)).toMatchObject([{ status: "DELIVERED", attempts: 1 }]);
});

test("compaction keeps the events that an enabled webhook has not read yet", async () => {
  const { id } = await site.create({ url: receiver.url });
  await site.happen("a", "b");
  const compact = () => site.database.pool.query('SELECT compact_events("revision") FROM "EventHead"');
  await compact();
  await site.startDispatcher();
  await settled(2);
  expect(namesOf(receiver)).toEqual(["a", "b"]);
  const { revision } = await site.database.prisma.eventHead.findFirstOrThrow();
  await eventually(async () => {
    const { position } = await site.database.prisma.webhook.findUniqueOrThrow({ where: { id } });
    expect(position).toBe(revision);
  });
  await compact();
  expect(await site.database.prisma.event.count()).toBe(0);
});

test("finished deliveries are deleted after 30 days, and a secret once it no longer signs", async () => {
  await site.startDispatcher();
  const { id } = await site.create({ url: receiver.url });
  await updateWebhook(site.as(), site.services, { id, rotateSecret: true });
  await site.happen("a");
  await settled(1);
  receiver.answer = 500;
  await site.happen("b");
  await receiver.until(2);
  const { prisma } = site.database;
  const after = (days: number) => new Date(site.clock.getTime() + days * 86_400_000);
  await forgetOldDeliveries(prisma, after(0.9));
  expect(await prisma.webhook.count({ where: { previousSecret: { not: null } } })).toBe(1);
  await forgetOldDeliveries(prisma, after(29));
  expect(await prisma.webhook.count({ where: { previousSecret: { not: null } } })).toBe(0);
  expect(await prisma.webhookDelivery.count()).toBe(2);
  await forgetOldDeliveries(prisma, after(31));
  expect(await site.deliveries(), "what waits is kept").toMatchObject([{ status: "PENDING" }]);
});
