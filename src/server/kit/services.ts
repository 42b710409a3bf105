import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { GraphQLParams } from "graphql-yoga";
import type { Logger } from "pino";
import type { RememberingVerifier } from "../../auth/token-verifier.js";
import type { Config } from "../../config/load-config.js";
import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import type { PreparedOperations } from "../../graphql/prepared/prepared-operations.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Admission, Arrival } from "../limits/admission.js";
import type { MemoryBudget } from "../limits/memory-budget.js";
import type { RateLimits } from "../limits/rate-limits.js";
import type { StreamCounter } from "../limits/stream-counter.js";
import type { TransferCounter } from "../limits/transfer-counter.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";

/** What both entry points, HTTP and WebSocket, need to serve requests. */
export interface EntryPointServices {
  readonly config: Pick<Config, "console" | "corsOrigins" | "limits" | "metricsToken" | "operations">;
  /** Local mode: only names of the loopback interface are served, and GraphiQL is. */
  readonly isLocal: boolean;
  readonly verifier: RememberingVerifier;
  /** The address of the client, behind the trusted proxies. */
  addressOf(request: IncomingMessage): string;
  /** The network that a connection counts for; null if it comes from a trusted proxy. */
  networkOf(socket: Socket): string | null;
  readonly sessions: OpenSessions;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracker: RequestTracker;
  readonly now: () => Date;
  makeContext(viewer: Viewer, requestId: string): GraphQLContext;
  readonly prepared: PreparedOperations;
}

/** What keeps one client from using up what all clients share. Both entry points count in the same limiters. */
export interface Limiters {
  readonly rates: RateLimits;
  readonly admission: Admission;
  readonly memory: MemoryBudget;
  readonly streams: StreamCounter;
  readonly transfers: TransferCounter;
}

/** What an entry point passes to yoga with one operation. */
export interface EntryPointContext {
  readonly viewer: Viewer;
  readonly record: RequestRecord;
}

/**
 * What is known of one HTTP request while it is served. The entry for prepared operations hands it to yoga with what was
 * done already, so that nothing is counted or charged twice.
 */
export interface HttpContext {
  readonly record: RequestRecord;
  readonly arrival: Arrival;
  /** The verification of the token, once it has begun. */
  admission?: Viewer | Promise<Viewer>;
  /** Set when the token is verified. */
  viewer?: Viewer;
  /** The reading of the body, once it has begun. */
  body?: Promise<GraphQLParams>;
  /** The charge for the operation, once it was made, with what refused it. */
  charge?: { readonly refusal?: unknown };
  /** Why a prepared operation was not executed, or not in time. */
  failure?: unknown;
  /** The error codes of the response. */
  codes?: readonly string[];
}
