import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import type { TokenVerifier } from "../../auth/token-verifier.js";
import type { Config } from "../../config/load-config.js";
import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Admission } from "../limits/admission.js";
import type { MemoryBudget } from "../limits/memory-budget.js";
import type { RateLimits } from "../limits/rate-limits.js";
import type { StreamCounter } from "../limits/stream-counter.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";

/** What both doors, HTTP and WebSocket, need to serve a request. */
export interface EntryPointServices {
  readonly config: Pick<Config, "corsOrigins" | "limits" | "metricsToken" | "operations">;
  /** On one's own machine: loopback names only, and a GraphiQL page. */
  readonly isLocal: boolean;
  readonly verifier: TokenVerifier;
  /** Where a request comes from, behind the proxies that are trusted. */
  addressOf(request: IncomingMessage): string;
  /** Which network a connection counts for; null if it comes from a proxy that is trusted. */
  networkOf(socket: Socket): string | null;
  readonly sessions: OpenSessions;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracker: RequestTracker;
  readonly now: () => Date;
  makeContext(viewer: Viewer, requestId: string): GraphQLContext;
}

/** What keeps one client from taking what all need. */
export interface Limiters {
  readonly rates: RateLimits;
  readonly admission: Admission;
  readonly memory: MemoryBudget;
  readonly streams: StreamCounter;
}

/** What a door hands to yoga for one operation. */
export interface EntryPointContext {
  readonly viewer: Viewer;
  readonly record: RequestRecord;
}
