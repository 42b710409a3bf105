import { print } from "@0no-co/graphql.web";
import { createClient } from "graphql-ws";
import { GRAPHQL_URL } from "../graphql/client";
import type { ResultOf } from "../graphql/graphql";
import { freshToken, renewToken } from "../session/renewal";
import { currentToken, signOut } from "../session/token";
import { CHANGES } from "./changes-query";

export type Change = NonNullable<ResultOf<typeof CHANGES>["registryEvents"]["event"]>;
/** `off` is for good: a new token or a reload begins anew. */
export type LiveState = "connecting" | "live" | "waiting" | "off";

interface Followers {
  onChange(change: Change): void;
  /** What the page shows may have changed while nothing was connected and the log cannot tell what. */
  onGap(): void;
  onState(state: LiveState): void;
}

const MAX_WAIT_MS = 30_000;
const PING_MS = 10_000;
const UNAUTHENTICATED_CLOSE = 4403;

interface Refused {
  readonly message?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly extensions?: { readonly code?: unknown; readonly retryable?: unknown };
}

/** Follows the log, and goes on after the last cursor when the connection was lost. Returns how to stop. */
export function followChanges({ onChange, onGap, onState }: Followers): () => void {
  const address = new URL(GRAPHQL_URL, window.location.href);
  address.protocol = address.protocol.replace("http", "ws");
  let sentToken = "";
  const socket = createClient({
    url: address.href,
    connectionParams: async () => {
      sentToken = await freshToken();
      return { authorization: `Bearer ${sentToken}` };
    },
    retryAttempts: 0,
    keepAlive: PING_MS,
  });
  // a network that is gone closes no socket: cut one that does not answer a ping
  let silence: ReturnType<typeof setTimeout>;
  socket.on("ping", (isReceived) => {
    if (!isReceived) silence = setTimeout(socket.terminate, PING_MS / 2);
  });
  for (const name of ["pong", "closed"] as const) socket.on(name, () => clearTimeout(silence));

  let isStopped = false;
  let after: string | undefined;
  let failures = 0;
  /** A token was renewed because it did not count, and no change came under the new one yet. */
  let isRenewed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    if (isStopped) return;
    onState("connecting");
    let isOver = false;
    const end = async (refusals: readonly Refused[]) => {
      if (isOver || isStopped) return;
      isOver = true;
      unsubscribe();
      if (!(await decide(refusals)) || isStopped) return;
      onState("waiting");
      const waitMs = Math.min(MAX_WAIT_MS, 500 * 2 ** failures++) * (0.5 + Math.random() / 2);
      timer = setTimeout(() => {
        timer = undefined;
        connect();
      }, waitMs);
    };
    const unsubscribe = socket.subscribe<ResultOf<typeof CHANGES>>(
      { query: print(CHANGES), variables: { after } },
      {
        next({ data, errors }) {
          if (!data) return void end(errors ?? []);
          failures = 0;
          isRenewed = false;
          onState("live");
          after = data.registryEvents.cursor;
          if (data.registryEvents.event) onChange(data.registryEvents.event);
        },
        error: (why) => void end(Array.isArray(why) ? why : [why as Refused]),
        complete: () => void end([]),
      },
    );
  }

  /** Whether to connect again. */
  async function decide(refusals: readonly Refused[]): Promise<boolean> {
    const refusal = refusals.find(({ code, extensions }) => code === UNAUTHENTICATED_CLOSE || extensions?.code);
    if (refusal?.code === UNAUTHENTICATED_CLOSE || refusal?.extensions?.code === "UNAUTHENTICATED") {
      if (await hasOtherToken()) return true;
      signOut(refusal.reason || refusal.message || "The token does not count any more.");
      return false;
    }
    if (String(refusal?.extensions?.code).startsWith("HISTORY_")) {
      after = undefined;
      onGap();
      return true;
    }
    if (refusal?.extensions?.retryable !== false) return true;
    onState("off");
    return false;
  }

  /** Whether there is another token than the one that was refused. */
  async function hasOtherToken(): Promise<boolean> {
    const token = currentToken();
    if (token !== null && token !== sentToken) return true;
    if (isRenewed) return false;
    isRenewed = await renewToken();
    return isRenewed;
  }

  /** Waits no longer when the network is back. */
  const reconnect = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    failures = 0;
    connect();
  };
  window.addEventListener("online", reconnect);
  connect();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    window.removeEventListener("online", reconnect);
    // it rejects where no connection was made, and then there is nothing to close
    Promise.resolve(socket.dispose()).catch(() => {});
  };
}
