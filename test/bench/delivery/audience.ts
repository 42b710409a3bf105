import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WebSocket } from "ws";
import { mintTestToken } from "../../support/token.js";
import { modelName } from "../setup/registry.js";
import { startServer } from "../setup/server.js";
import { LIVE_MEMORY } from "./live-memory.js";
import { type OnEvent, openPlain, openSubscription } from "./sockets.js";

/** A process that sends events, and how to listen to it. */
export interface Audience {
  readonly pid: number;
  /** Opens the subscriber of a number. */
  open(number: number, onEvent: OnEvent): Promise<WebSocket>;
  publish(): Promise<void>;
  countStatements?(): Promise<number>;
  stop(): Promise<void>;
}

/** The default limit of subscriptions of one actor. */
const SUBSCRIPTIONS_OF_ACTOR = 500;
const MOVE = `mutation ($model: String!, $to: Stage!) {
  transitionModelVersion(input: { version: { number: { model: $model, number: 4 } }, to: $to }) { transition { id } } }`;

/** The moves of the one version, by all servers of a run. */
let moves = 0;

/** The built server, with as many actors as its limits ask for. */
export async function startShelfmark(databaseUrl: string): Promise<Audience> {
  const server = await startServer({ DATABASE_URL: databaseUrl, ...LIVE_MEMORY });
  const tokens = new Map<number, Promise<string>>();
  const tokenOf = (actor: number) => {
    const token = tokens.get(actor) ?? mintTestToken({ subject: `watcher-${actor}` });
    tokens.set(actor, token);
    return token;
  };
  return {
    pid: server.pid,
    async open(number, onEvent) {
      const token = await tokenOf(Math.floor(number / SUBSCRIPTIONS_OF_ACTOR));
      return openSubscription(server.url, token, number, onEvent);
    },
    async publish() {
      const to = moves++ % 2 === 0 ? "STAGING" : "PRODUCTION";
      await server.ask(MOVE, { model: modelName(1), to });
    },
    countStatements: () => server.countStatements(),
    stop: () => server.stop(),
  };
}

/** The limit: the same bytes to everybody. */
export async function startPlain(): Promise<Audience> {
  const { port, ...process } = await startScript("./plain-broadcast.mjs");
  return { ...process, open: (number, onEvent) => openPlain(port, number, onEvent) };
}

/** graphql-ws with nothing behind it. */
export async function startBare(): Promise<Audience> {
  const { port, ...process } = await startScript("./bare-graphql-ws.mjs");
  const url = `http://127.0.0.1:${port}/graphql`;
  return { ...process, open: (number, onEvent) => openSubscription(url, "none", number, onEvent) };
}

async function startScript(file: string) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...LIVE_MEMORY },
    execArgv: [],
  });
  const port = await new Promise<number>((resolve) => child.once("message", (message) => resolve(Number(message))));
  return {
    port,
    pid: child.pid ?? 0,
    async publish() {
      child.send(new Date().toISOString());
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill()) await ended;
    },
  };
}
