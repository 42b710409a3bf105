import pg from "pg";
import { errorMessage } from "../../util/error-text.js";
import type { DatabaseLog, Listener } from "./database.js";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
const CONNECT_MS = 10_000;
const DISCONNECT_MS = 1_000;

interface Subscription {
  readonly channel: string;
  readonly on: Listener;
  readonly log: DatabaseLog;
}

/** Listens on a separate connection, and reconnects whenever it is lost. Rejects if the first attempt fails. */
export async function listenOnPostgres(
  config: pg.ClientConfig,
  subscription: Subscription,
): Promise<{ stop(): Promise<void> }> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let client = await connect();

  function onLost(error?: Error): void {
    if (stopped) return;
    subscription.log.warn(`The connection that listens for changes was lost: ${error?.message ?? "it was closed"}`);
    retry(FIRST_WAIT_MS);
  }

  function retry(waitMs: number): void {
    timer = setTimeout(async () => {
      try {
        const fresh = await connect();
        if (stopped) return await fresh.end();
        client = fresh;
      } catch (error) {
        subscription.log.warn(`Still not listening for changes: ${errorMessage(error)}`);
        if (!stopped) retry(Math.min(waitMs * 2, LONGEST_WAIT_MS));
      }
    }, waitMs);
  }

  function connect(): Promise<pg.Client> {
    return connectListener(config, subscription, onLost);
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await disconnect(client);
    },
  };
}

/** Closes the connection. Does not wait long for the answer, which never comes if the network is gone. */
async function disconnect(client: pg.Client): Promise<void> {
  const limit = setTimeout(() => client.connection.stream.destroy(), DISCONNECT_MS);
  await client.end().catch(() => {});
  clearTimeout(limit);
}

async function connectListener(
  config: pg.ClientConfig,
  { channel, on }: Subscription,
  onLost: (error?: Error) => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  let lost = (_error?: Error): void => {};
  client.on("error", (error) => lost(error));
  client.on("end", () => lost());
  client.on("notification", ({ payload }) => on.notify(payload ?? ""));
  try {
    await client.connect();
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    await disconnect(client);
    throw error;
  }
  lost = (error) => {
    lost = () => {};
    onLost(error);
  };
  on.gap();
  return client;
}
