import { print } from "@0no-co/graphql.web";
import { createClient } from "graphql-ws";
import { GRAPHQL_URL } from "../graphql/client";
import { graphql, type ResultOf } from "../graphql/graphql";
import { currentToken, signOut } from "../session/token";

const CHANGES = graphql(`
  subscription ConsoleChanges($after: String) {
    registryEvents(after: $after) {
      cursor
      event {
        id
        type
        at
        actor { subject name }
        ... on ModelRegisteredEvent { modelName }
        ... on ModelUpdatedEvent { modelName }
        ... on ModelRenamedEvent { modelName previousName }
        ... on ModelDeletedEvent { modelName }
        ... on ModelRestoredEvent { modelName }
        ... on ModelTagSetEvent { modelName }
        ... on ModelTagDeletedEvent { modelName }
        ... on ModelVersionCreatedEvent { modelName versionNumber }
        ... on ModelVersionUpdatedEvent { modelName versionNumber }
        ... on ModelVersionDeletedEvent { modelName versionNumber }
        ... on ModelVersionRestoredEvent { modelName versionNumber }
        ... on ModelVersionTagSetEvent { modelName versionNumber }
        ... on ModelVersionTagDeletedEvent { modelName versionNumber }
        ... on StageChangedEvent { modelName versionNumber from to }
        ... on AliasSetEvent { modelName alias versionNumber }
        ... on AliasDeletedEvent { modelName alias }
        ... on CheckReportedEvent { modelName versionNumber name checkStatus: status }
        ... on DeploymentReportedEvent { modelName environment endpoint }
        ... on DeploymentRemovedEvent { modelName environment endpoint }
        ... on PromotionRequestEvent { modelName versionNumber }
        ... on RunCreatedEvent { runId }
        ... on RunUpdatedEvent { runId }
        ... on RunFinishedEvent { runId }
        ... on RunDeletedEvent { runId }
        ... on RunRestoredEvent { runId }
        ... on RunInputsLoggedEvent { runId }
        ... on RunOutputsLoggedEvent { runId }
        ... on RunTagSetEvent { runId }
        ... on RunTagDeletedEvent { runId }
      }
    }
  }
`);

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
  const socket = createClient({
    url: address.href,
    connectionParams: () => ({ authorization: `Bearer ${currentToken() ?? ""}` }),
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
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    if (isStopped) return;
    onState("connecting");
    let isOver = false;
    const end = (refusals: readonly Refused[]) => {
      if (isOver || isStopped) return;
      isOver = true;
      unsubscribe();
      if (!decide(refusals)) return;
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
          if (!data) return end(errors ?? []);
          failures = 0;
          onState("live");
          after = data.registryEvents.cursor;
          if (data.registryEvents.event) onChange(data.registryEvents.event);
        },
        error: (why) => end(Array.isArray(why) ? why : [why as Refused]),
        complete: () => end([]),
      },
    );
  }

  /** Whether to connect again. */
  function decide(refusals: readonly Refused[]): boolean {
    const refusal = refusals.find(({ code, extensions }) => code === UNAUTHENTICATED_CLOSE || extensions?.code);
    if (refusal?.code === UNAUTHENTICATED_CLOSE || refusal?.extensions?.code === "UNAUTHENTICATED") {
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
