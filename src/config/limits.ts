/** What each limit bounds. `shelfmark --help` prints it, with the variable, the unit and the default. */
export const LIMIT_MEANINGS = {
  bodyBytes: "largest body of an HTTP request",
  frameBytes: "largest WebSocket message, and largest unread output of a WebSocket",
  heldBytes: "memory for bodies and messages without a response yet; at most a quarter for one actor",
  variableDepth: "nesting of the variables, in levels",
  variableList: "longest list in the variables, in elements",
  requestTimeoutMs: "time to execute an operation, or a message of a subscription",
  statementTimeoutMs: "time of one SQL statement, on PostgreSQL",
  resultBytes: "rows that one SQL statement returns, on PostgreSQL",
  answerCharacters: "all texts of one response, in characters",
  documentTokens: "tokens of a document",
  documentDepth: "nesting of the fields of a document, in levels",
  documentAliases: "aliases in a document",
  documentDirectives: "directives in a document",
  documentFragments: "fragments in a document",
  documentComplexity: "complexity of an operation, in points",
  subscriptionBytes: "document and variables of a subscription, which stay in memory while it is open",
  subscriptionsPerSocket: "operations that are open on one WebSocket",
  subscriptionsPerViewer: "open subscriptions of one actor",
  addressRequests: "requests from one address in 10 s; a refused token counts as 20; not in local mode",
  viewerOperations: "operations of one actor in 10 s; each 16 KiB sent counts as one more; not in local mode",
  viewerPoints: "points of complexity of one actor in 10 s; not in local mode",
  executing: "operations that are executed at the same time; at most three quarters for one actor",
  waiting: "operations that wait for execution; at most half for one actor",
  waitMs: "time that an operation waits for execution",
  transfers: "files that are sent and received at the same time; at most half for one actor",
  transferIdleMs: "time in which a client neither sends nor reads anything of a file",
  connections: "open connections",
  addressConnections: "open connections from one address, except trusted proxies; not in local mode",
  headersMs: "time to receive the headers of a request",
  bodyMs: "time to receive a whole request",
  keepAliveMs: "time that a connection may be idle between two requests; longer than a balancer keeps its own",
  answerMs: "time for a client to read a response",
  connectionInitTimeoutMs: "time for a new WebSocket to send connection_init",
  greetingBytes: "data that a WebSocket may send before its connection_init is accepted",
  idleSocketMs: "time after which a WebSocket without an open operation is closed",
  pingMs: "time between two pings; a WebSocket that does not answer before the next is disconnected",
  shutdownGraceMs: "time to finish requests when the server stops",
} as const;

/** Upper bounds on the work and memory of one request, socket or actor. Times are in milliseconds. */
export type Limits = Readonly<Record<keyof typeof LIMIT_MEANINGS, number>>;

interface LimitRule {
  readonly variable: `SHELFMARK_LIMIT_${string}`;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/**
 * The sizes allow for tag values, which hold 100 000 characters and come several at once. The rates are several times what a
 * process can serve: the backend of a dashboard asks for a whole team with one token. A busy server refuses by its load.
 */
export const LIMIT_RULES = {
  bodyBytes: { variable: "SHELFMARK_LIMIT_BODY_BYTES", fallback: 8 * MIB, min: 1024, max: 1024 * MIB },
  frameBytes: { variable: "SHELFMARK_LIMIT_FRAME_BYTES", fallback: 8 * MIB, min: 1024, max: 1024 * MIB },
  heldBytes: { variable: "SHELFMARK_LIMIT_HELD_BYTES", fallback: 256 * MIB, min: MIB, max: 1024 * 1024 * MIB },
  variableDepth: { variable: "SHELFMARK_LIMIT_VARIABLE_DEPTH", fallback: 64, min: 4, max: 10_000 },
  variableList: { variable: "SHELFMARK_LIMIT_VARIABLE_LIST", fallback: 10_000, min: 1, max: 10_000_000 },
  requestTimeoutMs: { variable: "SHELFMARK_LIMIT_REQUEST_MS", fallback: 30_000, min: 100, max: HOUR_MS },
  statementTimeoutMs: { variable: "SHELFMARK_LIMIT_STATEMENT_MS", fallback: 15_000, min: 100, max: HOUR_MS },
  resultBytes: { variable: "SHELFMARK_LIMIT_RESULT_BYTES", fallback: 64 * MIB, min: MIB, max: 1024 * MIB },
  answerCharacters: { variable: "SHELFMARK_LIMIT_ANSWER_CHARACTERS", fallback: 32 * MIB, min: 1024, max: 512 * MIB },
  documentTokens: { variable: "SHELFMARK_LIMIT_TOKENS", fallback: 4_000, min: 100, max: 1_000_000 },
  documentDepth: { variable: "SHELFMARK_LIMIT_DEPTH", fallback: 16, min: 4, max: 100 },
  documentAliases: { variable: "SHELFMARK_LIMIT_ALIASES", fallback: 60, min: 30, max: 10_000 },
  documentDirectives: { variable: "SHELFMARK_LIMIT_DIRECTIVES", fallback: 50, min: 1, max: 10_000 },
  documentFragments: { variable: "SHELFMARK_LIMIT_FRAGMENTS", fallback: 100, min: 10, max: 10_000 },
  documentComplexity: { variable: "SHELFMARK_LIMIT_COMPLEXITY", fallback: 20_000, min: 100, max: 100_000_000 },
  subscriptionBytes: { variable: "SHELFMARK_LIMIT_SUBSCRIPTION_BYTES", fallback: 64 * 1024, min: 1024, max: 8 * MIB },
  subscriptionsPerSocket: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET", fallback: 100, min: 1, max: 100_000 },
  subscriptionsPerViewer: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER", fallback: 500, min: 1, max: 100_000 },
  addressRequests: { variable: "SHELFMARK_LIMIT_ADDRESS_REQUESTS", fallback: 120_000, min: 1, max: 10_000_000 },
  viewerOperations: { variable: "SHELFMARK_LIMIT_VIEWER_OPERATIONS", fallback: 60_000, min: 1, max: 10_000_000 },
  viewerPoints: { variable: "SHELFMARK_LIMIT_VIEWER_POINTS", fallback: 20_000_000, min: 1, max: 1_000_000_000 },
  executing: { variable: "SHELFMARK_LIMIT_EXECUTING", fallback: 32, min: 1, max: 10_000 },
  waiting: { variable: "SHELFMARK_LIMIT_WAITING", fallback: 160, min: 0, max: 100_000 },
  waitMs: { variable: "SHELFMARK_LIMIT_WAIT_MS", fallback: 5_000, min: 1, max: HOUR_MS },
  transfers: { variable: "SHELFMARK_LIMIT_TRANSFERS", fallback: 256, min: 1, max: 100_000 },
  transferIdleMs: { variable: "SHELFMARK_LIMIT_TRANSFER_IDLE_MS", fallback: 60_000, min: 100, max: HOUR_MS },
  connections: { variable: "SHELFMARK_LIMIT_CONNECTIONS", fallback: 20_000, min: 1, max: 1_000_000 },
  addressConnections: { variable: "SHELFMARK_LIMIT_ADDRESS_CONNECTIONS", fallback: 5_000, min: 1, max: 1_000_000 },
  headersMs: { variable: "SHELFMARK_LIMIT_HEADERS_MS", fallback: 15_000, min: 100, max: HOUR_MS },
  bodyMs: { variable: "SHELFMARK_LIMIT_BODY_MS", fallback: 60_000, min: 100, max: HOUR_MS },
  keepAliveMs: { variable: "SHELFMARK_LIMIT_KEEP_ALIVE_MS", fallback: 75_000, min: 1_000, max: HOUR_MS },
  answerMs: { variable: "SHELFMARK_LIMIT_ANSWER_MS", fallback: 60_000, min: 100, max: HOUR_MS },
  connectionInitTimeoutMs: { variable: "SHELFMARK_LIMIT_CONNECTION_INIT_MS", fallback: 5_000, min: 100, max: HOUR_MS },
  greetingBytes: { variable: "SHELFMARK_LIMIT_GREETING_BYTES", fallback: 64 * 1024, min: 1024, max: MIB },
  idleSocketMs: { variable: "SHELFMARK_LIMIT_IDLE_SOCKET_MS", fallback: 600_000, min: 100, max: 24 * HOUR_MS },
  pingMs: { variable: "SHELFMARK_LIMIT_PING_MS", fallback: 12_000, min: 50, max: HOUR_MS },
  shutdownGraceMs: { variable: "SHELFMARK_LIMIT_SHUTDOWN_MS", fallback: 10_000, min: 0, max: HOUR_MS },
} as const satisfies Record<keyof Limits, LimitRule>;

/** The limits that the variables set, and the defaults of the others. */
export function toLimits(given: Readonly<Record<string, string | undefined>>): Limits {
  const entries = Object.entries(LIMIT_RULES).map(([name, { variable, fallback }]) => {
    return [name, Number(given[variable] ?? fallback)];
  });
  return Object.freeze(Object.fromEntries(entries) as Limits);
}
