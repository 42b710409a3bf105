import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { uuidv7 } from "uuidv7";
import { openAuditKey } from "./auth/audit-key.js";
import { followMetadata } from "./auth/issuer-metadata.js";
import { openLocalKeys } from "./auth/local-keys.js";
import { mintDefaultToken } from "./auth/mint-token.js";
import { createTrustedIssuers, type TrustedIssuers } from "./auth/trusted-issuers.js";
import type { AuthFile } from "./config/auth-file-schema.js";
import { followAuthFile } from "./config/follow-auth-file.js";
import { type Config, databaseOptions } from "./config/load-config.js";
import { OpenSessions } from "./domain/access/open-sessions.js";
import { People } from "./domain/access/people.js";
import { Revocations } from "./domain/access/revocation.js";
import { DEFAULT_ARTIFACT_LAYOUT } from "./domain/tracking/artifact-address.js";
import { PreparedOperations } from "./graphql/prepared/prepared-operations.js";
import { createContext } from "./graphql/request/context.js";
import { schema } from "./graphql/schema.js";
import type { MlflowServices } from "./mlflow/kit/context.js";
import { createMlflowApi } from "./mlflow/mlflow-api.js";
import type { CommandServices } from "./registry/command.js";
import { settlePolicyChanges } from "./registry/policy-changes/settle-policy-changes.js";
import { settleRequests } from "./registry/promotions/settle-requests.js";
import type { WebhookServices } from "./registry/webhooks/webhook-services.js";
import { clientAddress, networkOfPeer } from "./server/requests/client-address.js";
import { RequestTracker } from "./server/requests/request-tracker.js";
import { type RunningServer, startServer } from "./server/server.js";
import { ArtifactFolder } from "./store/artifacts/artifact-folder.js";
import { removeFiles, tidyArtifacts } from "./store/artifacts/tidy-artifacts.js";
import { Checkpointer } from "./store/audit/checkpointer.js";
import { checkpointFile } from "./store/audit/checkpoints.js";
import type { Database } from "./store/connection/database.js";
import { EventTail } from "./store/events/event-tail.js";
import { followRevocations } from "./store/events/follow-revocations.js";
import { makeFolder } from "./store/folder/make-folder.js";
import { forgetExpiredAnswers } from "./store/idempotency.js";
import { openDatabase } from "./store/open-database.js";
import { forgetOldDeliveries } from "./store/webhooks/webhook-queue.js";
import { createMetrics, type Metrics } from "./telemetry/metrics.js";
import { observeDeliveries } from "./telemetry/observe-deliveries.js";
import { observeStore } from "./telemetry/observe-store.js";
import { openTracing } from "./telemetry/open-tracing.js";
import { traceFields } from "./telemetry/trace-fields.js";
import { traceStatements } from "./telemetry/trace-statements.js";
import type { Tracing } from "./telemetry/tracing.js";
import { blockListOf } from "./util/network/address-blocks.js";
import { type PlainLog, toPlainLog } from "./util/plain-log.js";
import { repeat } from "./util/repeat.js";
import { Shutdown } from "./util/shutdown.js";
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
  /** The configured database, which the caller has begun to open; the app closes it. */
  readonly opening?: { readonly database: Promise<Database> };
}

/** The same from src/ and from dist/. */
const CONSOLE_FOLDER = fileURLToPath(new URL("../dist/console", import.meta.url));
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const EXPIRY_MS = 100;
const REVOKED = "The token has been revoked.";
const OTHER_RULES = "The rules for tokens of this issuer have changed. Connect again.";
const OWN_WEBHOOK_KEY =
  "Webhook secrets are encrypted with a key in the data folder, so no other server can send for these webhooks; set SHELFMARK_WEBHOOK_KEY.";

/** What every part is made with: the settings, the clock, the log, and what is shared by several parts. */
interface Base {
  readonly config: Config;
  readonly isLocal: boolean;
  readonly log: Logger;
  readonly plainLog: PlainLog;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly sessions: OpenSessions;
  /** Which identities are one person, by the file of issuers. */
  readonly people: People;
  readonly shutdown: Shutdown;
}

interface Running {
  readonly url: string;
  readonly localToken: string | undefined;
  reload(): void;
}

/** The one place that wires everything. Nothing is opened before `start`. */
export function createApp(config: Config, options: AppOptions): App {
  const { log, now = () => new Date(), newId = uuidv7 } = options;
  const shutdown = new Shutdown();
  let running: Running | undefined;
  return {
    async start() {
      const isLocal = config.auth.mode === "local";
      const plainLog = toPlainLog(log);
      const people = new People(config.auth.mode === "issuers" ? config.auth.people : []);
      const shared = { metrics: createMetrics(), sessions: new OpenSessions(), people, shutdown };
      running = await startParts({ config, isLocal, log, plainLog, now, newId, ...shared }, options);
    },
    reload: () => running?.reload(),
    stop: () => shutdown.run(),
    get url() {
      if (!running) throw new Error("The app has not started.");
      return running.url;
    },
    get localToken() {
      return running?.localToken;
    },
  };
}

/** The parts in the order in which they start; they stop in the reverse order. */
async function startParts(base: Base, { database: given, opening }: AppOptions): Promise<Running> {
  const database = given ?? (await openStore(base, opening?.database));
  const tracing = await startTracing(base, database);
  const issuers = await openIssuers(base);
  const events = await startEventTail(base, database);
  await startRevocations(base, database, events);
  await startCheckpoints(base, database);
  startTimers(base, database);
  startSettling(base, database);
  const webhooks = await startWebhooks(base, { database, events, tracing });
  const server = await startEntryPoints(base, { database, events, tracing, webhooks, trusted: issuers.trusted });
  return { url: server.url, localToken: issuers.localToken, reload: issuers.reload };
}

async function openStore(
  { config, plainLog, shutdown }: Base,
  opening: Promise<Database> | undefined,
): Promise<Database> {
  const database = await (opening ?? openDatabase(databaseOptions(config), plainLog));
  shutdown.add(() => database.close());
  return database;
}

/** Stopped after the parts that start later, so that their last work is traced, too. */
async function startTracing({ config, metrics, plainLog, shutdown }: Base, database: Database): Promise<Tracing> {
  const tracing = await openTracing(config.tracing, { metrics, log: plainLog });
  if (config.tracing !== null) shutdown.add(() => tracing.stop(), traceStatements(database, tracing));
  return tracing;
}

interface Issuers {
  readonly trusted: TrustedIssuers;
  /** In local mode, a token for everything. */
  readonly localToken?: string;
  reload(): void;
}

function commandServices({ config, now, newId, people }: Base, { prisma }: Database): CommandServices {
  const artifacts = config.artifacts.kind === "store" ? { root: config.artifacts.uri } : DEFAULT_ARTIFACT_LAYOUT;
  return { prisma, now, newId, sourceSchemes: config.sourceSchemes, people, artifacts };
}

/** The issuers of the settings, or in local mode the key pair of the data folder. */
async function openIssuers(base: Base): Promise<Issuers> {
  const { config, now, sessions } = base;
  if (config.auth.mode === "local") {
    const keys = await openLocalKeys(config.dataFolder, makeFolder);
    const trusted = createTrustedIssuers([keys.trust], now);
    return { trusted, localToken: await mintDefaultToken(keys, now()), reload() {} };
  }
  const trusted = createTrustedIssuers(config.auth.issuers, now);
  sessions.addCheck((viewer) => (trusted.isCurrent(viewer) ? null : OTHER_RULES));
  const { file } = config.auth;
  return { trusted, reload: file === null ? () => {} : followIssuers(base, trusted, file) };
}

/** Reads the file of issuers again when it changes, and when the function that it returns is called. */
function followIssuers(
  { people, sessions, plainLog, shutdown }: Base,
  trusted: TrustedIssuers,
  path: string,
): () => void {
  const onRead = (read: AuthFile) => {
    trusted.replace(read.issuers);
    people.replace(read.people);
    sessions.recheck();
  };
  const following = followAuthFile({ path, onRead, log: plainLog });
  shutdown.add(following.stop);
  return following.reload;
}

async function startEventTail(base: Base, database: Database): Promise<EventTail> {
  const { metrics, now, plainLog, shutdown } = base;
  const events = new EventTail(database, plainLog);
  shutdown.add(() => events.stop());
  await events.start();
  shutdown.add(observeStore(metrics, { database, events, now, log: plainLog }));
  return events;
}

async function startRevocations(base: Base, { prisma }: Database, events: EventTail): Promise<void> {
  const { sessions, plainLog, shutdown } = base;
  let revocations = new Revocations([]);
  sessions.addCheck((viewer) => (revocations.covers(viewer) ? REVOKED : null));
  const onRevocations = (next: Revocations) => {
    revocations = next;
    sessions.recheck();
  };
  shutdown.add((await followRevocations({ prisma, events, onRevocations, log: plainLog })).stop);
}

async function startCheckpoints({ config, plainLog, shutdown }: Base, database: Database): Promise<void> {
  const { key, checkpointSeconds } = config.audit;
  const checkpoints = new Checkpointer({
    database,
    log: plainLog,
    intervalMs: checkpointSeconds * 1_000,
    openKey: () => openAuditKey(key, config.dataFolder, makeFolder),
    file: checkpointFile(config.dataFolder),
  });
  checkpoints.start();
  shutdown.add(() => checkpoints.stop());
}

/** Ends what is open under tokens that expire, and removes idempotency keys and deliveries after 30 days. */
function startTimers({ log, now, sessions, shutdown }: Base, { prisma }: Database): void {
  const expiry = setInterval(() => sessions.endExpired(now()), EXPIRY_MS).unref();
  const cleaning = setInterval(() => {
    forgetExpiredAnswers(prisma, now()).catch((error: Error) =>
      log.warn(`Expired idempotency keys were not removed: ${error.message}`),
    );
    forgetOldDeliveries(prisma, now()).catch((error: Error) =>
      log.warn(`Old deliveries of webhooks were not removed: ${error.message}`),
    );
  }, HOUR_MS).unref();
  shutdown.add(
    () => clearInterval(expiry),
    () => clearInterval(cleaning),
  );
}

/** Writes which requests to promote, and to change protected policies, have expired or gone stale. */
function startSettling(base: Base, database: Database): void {
  const { log, shutdown } = base;
  const commands = commandServices(base, database);
  const settling = repeat(
    () => settleRequests(commands),
    MINUTE_MS,
    (error) => log.warn(`Requests to promote were not looked at, will try again: ${error.message}`),
  );
  const settlingPolicies = repeat(
    () => settlePolicyChanges(commands),
    MINUTE_MS,
    (error) => log.warn(`Requests to change policies were not looked at, will try again: ${error.message}`),
  );
  shutdown.add(
    () => settling.stop(),
    () => settlingPolicies.stop(),
  );
}

interface WebhookParts {
  readonly database: Database;
  readonly events: EventTail;
  readonly tracing: Tracing;
}

async function startWebhooks(base: Base, { database, events, tracing }: WebhookParts): Promise<WebhookServices> {
  const { config, isLocal, metrics, now, plainLog, shutdown } = base;
  const secrets = createSecretBox(() => openWebhookSecretKey(base));
  const sender = createSender({ allow: config.webhooks.allow, isLocal, now });
  const consoleUrl = config.console ? config.publicUrl : null;
  const dispatcher = createWebhookDispatcher({
    commands: commandServices(base, database),
    events,
    secrets,
    consoleUrl,
    log: plainLog,
    ...sender,
    follow: observeDeliveries(metrics, tracing),
  });
  await dispatcher.start();
  shutdown.add(() => dispatcher.stop());
  return { secrets, consoleUrl, ...sender, wake: dispatcher.wake };
}

async function openWebhookSecretKey({ config, log }: Base): Promise<Buffer> {
  const { key } = config.webhooks;
  if (key !== null) return Buffer.from(key, "base64");
  if (config.database.kind === "postgres") log.warn(OWN_WEBHOOK_KEY);
  return openWebhookKey(config.dataFolder);
}

const ARTIFACTS_ELSEWHERE =
  "The artifacts of this registry are in a store of their own, which clients reach by themselves; this server serves none.";
const NO_ARTIFACTS = "This server keeps no artifacts. SHELFMARK_ARTIFACT_ROOT gives it a place for them.";

/** Opens the folder of the artifacts, if the server keeps them, and removes what a process that died has left there. */
async function startArtifacts(base: Base, { prisma }: Database): Promise<MlflowServices["files"]> {
  const { config, now, plainLog: log, shutdown } = base;
  if (config.artifacts.kind !== "folder" || config.mlflow === "off") {
    return { absence: config.artifacts.kind === "store" ? ARTIFACTS_ELSEWHERE : NO_ARTIFACTS };
  }
  const { folder: path, quotaBytes } = config.artifacts;
  const folder = await ArtifactFolder.open(path);
  const house = { prisma, folder, now, log };
  // the data folder is of one process, if the database is in it
  const isAlone = config.database.kind === "pglite" && dirname(path) === config.dataFolder;
  await tidyArtifacts(house, isAlone);
  const tidying = repeat(
    () => tidyArtifacts(house, false),
    HOUR_MS,
    (error) => log.warn(`Left-over artifact files were not removed, will try again: ${error.message}`),
  );
  shutdown.add(() => tidying.stop());
  return { folder, quotaBytes, removeFiles: (ids) => removeFiles(house, ids) };
}

interface EntryPointParts extends WebhookParts {
  readonly webhooks: WebhookServices;
  readonly trusted: TrustedIssuers;
}

/** HTTP and WebSocket. */
async function startEntryPoints(base: Base, parts: EntryPointParts): Promise<RunningServer> {
  const { config, isLocal, log, now, metrics, sessions, shutdown } = base;
  const { database, events, tracing, webhooks, trusted } = parts;
  const proxies = blockListOf(config.trustedProxies);
  const addressOf = (request: IncomingMessage) => clientAddress(request, proxies);
  const commands = commandServices(base, database);
  const graphql = {
    ...commands,
    db: database.reads.db,
    events,
    webhooks,
    sessions,
    answerCharacters: config.limits.answerCharacters,
    followField: config.tracing ? traceFields(tracing) : undefined,
  };
  const { answerCharacters } = config.limits;
  const files = await startArtifacts(base, database);
  const mlflow = { ...commands, db: { ...database.reads.db, ...database.rawReads }, answerCharacters, files, log };
  const server = await startServer({
    schema,
    api: config.mlflow === "off" ? null : createMlflowApi(mlflow, config.mlflow),
    consoleFolder: CONSOLE_FOLDER,
    signIn: config.oidc && {
      settings: config.oidc,
      metadata: followMetadata(config.oidc.issuer, { now, log: base.plainLog }),
    },
    config,
    isLocal,
    host: config.host,
    port: config.port,
    // a token counts when its issuer is trusted by the settings of now and it is not revoked
    verifier: {
      recall(token) {
        const viewer = trusted.recall(token);
        if (viewer) sessions.require(viewer);
        return viewer;
      },
      async verify(token) {
        const viewer = await trusted.verify(token);
        sessions.require(viewer);
        return viewer;
      },
    },
    sessions,
    log,
    now,
    metrics,
    addressOf,
    networkOf: (socket: Socket) => networkOfPeer(socket, proxies),
    tracker: new RequestTracker({ log, metrics, tracing, addressOf }),
    makeContext: (viewer, requestId) => createContext(graphql, viewer, requestId),
    prepared: new PreparedOperations(schema),
    ping: () => database.ping(),
    endStreams: () => events.stop(),
  });
  shutdown.add(server.stop);
  return server;
}
