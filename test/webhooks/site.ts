import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Viewer } from "../../src/domain/access/actor.js";
import { TEAM_SCHEMES } from "../../src/domain/values/source-schemes.js";
import { type CommandContext, createCommandContext } from "../../src/registry/command.js";
import { registerModel } from "../../src/registry/models/register-model.js";
import { type CreateWebhookInput, createWebhook } from "../../src/registry/webhooks/create-webhook.js";
import type { WebhookServices } from "../../src/registry/webhooks/webhook-services.js";
import type { Database } from "../../src/store/connection/database.js";
import { EventTail } from "../../src/store/events/event-tail.js";
import { createWebhookDispatcher, type WebhookDispatcher } from "../../src/webhooks/dispatcher.js";
import { createSecretBox } from "../../src/webhooks/secret-box.js";
import { createSender, type Sender } from "../../src/webhooks/sender.js";
import { openTestDatabase, QUIET } from "../support/database/database.js";
import { emptyDatabase } from "../support/database/empty-database.js";
import { type Receiver, startReceiver } from "./receiver.js";

const KEY = Buffer.alloc(32, 7);

export const CONSOLE_URL = "https://registry.example";

const OWNER: Viewer = {
  actor: { issuer: "https://issuer.test", subject: "owner", name: null, kind: "USER" },
  scopes: new Set(["models:read", "models:write", "runs:read", "runs:write", "webhooks:write"]),
  modelGlobs: null,
  experimentGlobs: null,
  environmentGlobs: null,
  groups: [],
  tokenId: null,
  issuedAt: null,
  expiresAt: new Date("2999-01-01"),
};

/** A database with commands and any number of dispatchers, and one clock that tests move. */
export interface Site {
  readonly database: Database;
  readonly services: WebhookServices;
  clock: Date;
  as(viewer?: Partial<Viewer>): CommandContext;
  /** Starts a dispatcher as in another process, with its own tail of the log. */
  startDispatcher(more?: { send?: Sender["send"]; log?: { warn(message: string): void } }): Promise<WebhookDispatcher>;
  create(input: CreateWebhookInput, viewer?: Partial<Viewer>): Promise<{ id: string; secret: string }>;
  /** Creates events: registers models of these names. */
  happen(...names: string[]): Promise<void>;
  /** Moves the clock forward and wakes the dispatchers. */
  pass(ms: number): void;
  deliveries(): ReturnType<Database["prisma"]["webhookDelivery"]["findMany"]>;
  stop(): Promise<void>;
}

/** Opens a site on a database of its own, or on the given one, which the caller closes. */
export async function openSite(given?: Database): Promise<Site> {
  const database = given ?? (await openTestDatabase());
  const { prisma } = database;
  const toStop: (() => Promise<void>)[] = [];
  const dispatchers = new Set<WebhookDispatcher>();
  const wake = () => {
    for (const dispatcher of dispatchers) dispatcher.wake();
  };
  const now = () => site.clock;
  const commands = { prisma, now, newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
  const secrets = createSecretBox(async () => KEY);
  const sender = createSender({ allow: [], isLocal: true, now, timeoutMs: 600_000 });
  const services = { secrets, consoleUrl: CONSOLE_URL, ...sender, wake };
  const site: Site = {
    database,
    services,
    clock: new Date(),
    as: (viewer = {}) => createCommandContext(commands, { ...OWNER, ...viewer }, "test"),
    async startDispatcher({ send = sender.send, log = QUIET } = {}) {
      const events = new EventTail(database, QUIET);
      await events.start();
      const dispatcher = createWebhookDispatcher({ commands, events, secrets, consoleUrl: CONSOLE_URL, send, log });
      await dispatcher.start();
      dispatchers.add(dispatcher);
      toStop.push(async () => {
        dispatchers.delete(dispatcher);
        await dispatcher.stop();
        await events.stop();
      });
      return dispatcher;
    },
    create: (input, viewer) => createWebhook(site.as(viewer), services, input),
    async happen(...names) {
      for (const name of names) await registerModel(site.as(), { name });
    },
    pass(ms) {
      site.clock = new Date(site.clock.getTime() + ms);
      wake();
    },
    deliveries: () => prisma.webhookDelivery.findMany({ orderBy: [{ turn: "asc" }, { revision: "asc" }] }),
    async stop() {
      for (let next = toStop.pop(); next; next = toStop.pop()) await next();
      if (!given) await database.close();
    },
  };
  return site;
}

/** What most tests of deliveries need: one database, and for each test an empty one with a site and a receiver. */
export function useSite(assign: (parts: { site: Site; receiver: Receiver }) => void): void {
  let database: Database;
  let site: Site;
  let receiver: Receiver;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    site = await openSite(database);
    receiver = await startReceiver();
    assign({ site, receiver });
  });
  afterEach(async () => {
    await site.stop();
    await receiver.stop();
    await emptyDatabase(database);
  });
}
