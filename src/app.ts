import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { uuidv7 } from "uuidv7";
import { openAuditKey } from "./auth/audit-key.js";
import type { IssuerSettings } from "./auth/issuer-settings.js";
import { openLocalKeys } from "./auth/local-keys.js";
import { mintDefaultToken } from "./auth/mint-token.js";
import type { TokenVerifier } from "./auth/token-verifier.js";
import { createTrustedIssuers, type TrustedIssuers } from "./auth/trusted-issuers.js";
import { followAuthFile } from "./config/follow-auth-file.js";
import { type Config, databaseOptions } from "./config/load-config.js";
import { OpenSessions } from "./domain/access/open-sessions.js";
import { Revocations } from "./domain/access/revocation.js";
import { createContext } from "./graphql/request/context.js";
import { schema } from "./graphql/schema.js";
import type { WebhookServices } from "./registry/webhooks/webhook-services.js";
import { blockListOf, clientAddress, networkOfPeer } from "./server/requests/client-address.js";
import { Visits } from "./server/requests/request-tracker.js";
import { type RunningServer, startServer } from "./server/server.js";
import { Checkpointer } from "./store/audit/checkpointer.js";
import { checkpointFile } from "./store/audit/checkpoints.js";
import type { Database } from "./store/connection/database.js";
import { EventTail } from "./store/events/event-tail.js";
import { followRevocations } from "./store/events/follow-revocations.js";
import { makeFolder } from "./store/folder/make-folder.js";
import { forgetExpiredAnswers } from "./store/idempotency.js";
import { openDatabase } from "./store/open-database.js";
import { forgetOldDeliveries } from "./store/webhooks/webhook-queue.js";
import { followDeliveries } from "./telemetry/follow-deliveries.js";
import { createMetrics } from "./telemetry/metrics.js";
import { observeStore } from "./telemetry/observe-store.js";
import { openTracing } from "./telemetry/open-tracing.js";
import { traceFields } from "./telemetry/trace-fields.js";
import { traceStatements } from "./telemetry/trace-statements.js";
import { NO_TRACING, type Tracing } from "./telemetry/tracing.js";
import { createWebhookDispatcher } from "./webhooks/dispatcher.js";
import { createSecretBox } from "./webhooks/secret-box.js";
import { createSender } from "./webhooks/sender.js";
import { openWebhookKey } from "./webhooks/webhook-key.js";

export interface App {
  start(): Promise<void>;
  /** Reads what may change under a running server again: the file of issuers. */
  reload(): void;
  /** Also after a start that failed. */
  stop(): Promise<void>;
  /** The GraphQL endpoint, once started. */
  readonly url: string;
  /** In local mode, a token for everything. */
  readonly localToken: string | undefined;
}

export interface AppOptions {
  readonly log: Logger;
  readonly now?: () => Date;
  readonly newId?: () => string;
  /** A database that is open already and stays the caller's, instead of the one that the configuration names. */
  readonly database?: Database;
}

const HOUR_MS = 3_600_000;
const REVOKED = "The token has been revoked.";
const OTHER_RULES = "Other rules hold for tokens of this issuer now. Connect again.";
const OWN_WEBHOOK_KEY =
  "Webhook secrets are encrypted with a key in the data folder, so no other server can send for these webhooks; set SHELFMARK_WEBHOOK_KEY.";

/** The one place that wires everything. Nothing is opened before `start`. */
export function createApp(config: Config, { log, now = () => new Date(), newId = uuidv7, database }: AppOptions): App {
  const isLocal = config.auth.mode === "local";
  const toStop: (() => Promise<void>)[] = [];
  let server: RunningServer | undefined;
  let localToken: string | undefined;
  let reload = () => {};
  const sessions = new OpenSessions();
  const metrics = createMetrics();
  let tracing: Tracing = NO_TRACING;

  async function openStore(): Promise<Database> {
    if (database) return database;
    const opened = await openDatabase(databaseOptions(config), toPlainLog(log));
    toStop.push(() => opened.close());
    return opened;
  }

  /** A token counts when its issuer is trusted by the settings of now and nobody has revoked it. */
  async function openVerifier(): Promise<TokenVerifier> {
    const trusted = await openIssuers();
    sessions.objectTo((viewer) => (trusted.isCurrent(viewer) ? null : OTHER_RULES));
    return {
      async verify(token) {
        const viewer = await trusted.verify(token);
        sessions.require(viewer);
        return viewer;
      },
    };
  }

  async function openIssuers(): Promise<TrustedIssuers> {
    if (config.auth.mode === "local") {
      const keys = await openLocalKeys(config.dataFolder, makeFolder);
      localToken = await mintDefaultToken(keys, now());
      return createTrustedIssuers([keys.trust], now);
    }
    const { issuers, file } = config.auth;
    const trusted = createTrustedIssuers(issuers, now);
    if (file === null) return trusted;
    const onIssuers = (next: readonly IssuerSettings[]) => {
      trusted.replace(next);
      sessions.recheck();
    };
    const following = followAuthFile({ path: file, onIssuers, log: toPlainLog(log) });
    toStop.push(following.stop);
    reload = following.reload;
    return trusted;
  }

  async function start(): Promise<void> {
    const store = await openStore();
    await startTracing(store);
    const verifier = await openVerifier();
    const events = new EventTail(store, toPlainLog(log));
    toStop.push(() => events.stop());
    await events.start();
    toStop.push(observeStore(metrics, { database: store, events, now, log: toPlainLog(log) }));
    toStop.push(await startRevocations(store, events));
    toStop.push(await startCheckpoints(store));
    toStop.push(forgetHourly(store, log, now), endSessionsInTime(sessions, now));
    const webhooks = await startWebhooks(store, events);
    server = await startDoors(store, verifier, { events, webhooks });
    toStop.push(server.stop);
  }

  async function startRevocations({ prisma }: Database, events: EventTail): Promise<() => Promise<void>> {
    let revocations = new Revocations([]);
    sessions.objectTo((viewer) => (revocations.covers(viewer) ? REVOKED : null));
    const onRevocations = (next: Revocations) => {
      revocations = next;
      sessions.recheck();
    };
    const following = await followRevocations({ prisma, events, onRevocations, log: toPlainLog(log) });
    return following.stop;
  }

  /** Stopped last, for what is stopped before it is traced, too. */
  async function startTracing(store: Database): Promise<void> {
    tracing = await openTracing(config.tracing, { metrics, log: toPlainLog(log) });
    if (config.tracing === null) return;
    const untrace = traceStatements(store, tracing);
    toStop.push(
      () => tracing.stop(),
      async () => untrace(),
    );
  }

  async function startCheckpoints(store: Database): Promise<() => Promise<void>> {
    const { key: pem, checkpointSeconds } = config.audit;
    const checkpoints = new Checkpointer({
      ...{ database: store, log: toPlainLog(log), intervalMs: checkpointSeconds * 1_000 },
      openKey: () => openAuditKey(pem, config.dataFolder, makeFolder),
      file: checkpointFile(config.dataFolder),
    });
    checkpoints.start();
    return () => checkpoints.stop();
  }

  async function startWebhooks({ prisma }: Database, events: EventTail): Promise<WebhookServices> {
    const { key, allow } = config.webhooks;
    const secrets = createSecretBox(() => openKey(key));
    const sender = createSender({ allow, isLocal, now });
    const commands = { prisma, now, newId, allowFileSource: isLocal };
    const follow = followDeliveries(metrics, tracing);
    const dispatcher = createWebhookDispatcher({ commands, events, secrets, log: toPlainLog(log), ...sender, follow });
    await dispatcher.start();
    toStop.push(() => dispatcher.stop());
    return { secrets, ...sender, wake: dispatcher.wake };
  }

  async function openKey(key: string | null): Promise<Buffer> {
    if (key !== null) return Buffer.from(key, "base64");
    if (config.database.kind === "postgres") log.warn(OWN_WEBHOOK_KEY);
    return openWebhookKey(config.dataFolder);
  }

  function startDoors(
    store: Database,
    verifier: TokenVerifier,
    { events, webhooks }: { events: EventTail; webhooks: WebhookServices },
  ): Promise<RunningServer> {
    const commands = { prisma: store.prisma, now, newId, allowFileSource: isLocal };
    const followField = config.tracing ? traceFields(tracing) : undefined;
    const { answerCharacters } = config.limits;
    const services = { ...commands, events, webhooks, sessions, answerCharacters, followField };
    const proxies = blockListOf(config.trustedProxies);
    const addressOf = (request: IncomingMessage) => clientAddress(request, proxies);
    const networkOf = (socket: Socket) => networkOfPeer(socket, proxies);
    return startServer({
      ...{ schema, config, isLocal, verifier, sessions, log, now, host: config.host, port: config.port },
      ...{ metrics, addressOf, networkOf, visits: new Visits({ log, metrics, tracing, addressOf }) },
      makeContext: (viewer, requestId) => createContext(services, viewer, requestId),
      ping: () => store.ping(),
      endStreams: () => events.stop(),
    });
  }

  return {
    start,
    reload: () => reload(),
    async stop() {
      for (let next = toStop.pop(); next; next = toStop.pop()) await next();
    },
    get url() {
      if (!server) throw new Error("The app has not started.");
      return server.url;
    },
    get localToken() {
      return localToken;
    },
  };
}

function toPlainLog(log: Logger) {
  return {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string) => log.error(message),
  };
}

const EXPIRY_MS = 100;

/** Ends what is open under tokens that expire. Returns what stops it. */
function endSessionsInTime(sessions: OpenSessions, now: () => Date): () => Promise<void> {
  const timer = setInterval(() => sessions.endExpired(now()), EXPIRY_MS).unref();
  return async () => clearInterval(timer);
}

/** Idempotency keys and deliveries of webhooks are kept for 30 days, and not for ever. Returns what stops it. */
function forgetHourly({ prisma }: Database, log: Logger, now: () => Date): () => Promise<void> {
  const timer = setInterval(() => {
    forgetExpiredAnswers(prisma, now()).catch((error: Error) =>
      log.warn(`Expired keys were not removed: ${error.message}`),
    );
    forgetOldDeliveries(prisma, now()).catch((error: Error) =>
      log.warn(`Old deliveries of webhooks were not removed: ${error.message}`),
    );
  }, HOUR_MS).unref();
  return async () => clearInterval(timer);
}
