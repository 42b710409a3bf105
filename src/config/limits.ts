/** Upper bounds on what one request, socket or viewer may ask for. Times in milliseconds. */
export interface Limits {
  readonly bodyBytes: number;
  readonly frameBytes: number;
  /** Of bodies and messages that have not been answered; a quarter of it of one viewer. */
  readonly heldBytes: number;
  readonly documentTokens: number;
  readonly documentDepth: number;
  readonly documentAliases: number;
  readonly documentDirectives: number;
  readonly documentFragments: number;
  readonly documentComplexity: number;
  /** Of all texts of one answer. */
  readonly answerCharacters: number;
  readonly requestTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Of all rows that one statement gives, on PostgreSQL. */
  readonly resultBytes: number;
  /** What a subscription may be asked for in: it is kept for as long as the stream is open. */
  readonly subscriptionBytes: number;
  readonly subscriptionsPerSocket: number;
  readonly subscriptionsPerViewer: number;
  readonly connectionInitTimeoutMs: number;
  readonly shutdownGraceMs: number;
  /** Of one address, and of one viewer, in ten seconds. None of the three holds in local mode. */
  readonly addressRequests: number;
  readonly viewerOperations: number;
  readonly viewerPoints: number;
  /** Operations that are executed at once, that wait for it, and for how long. */
  readonly executing: number;
  readonly waiting: number;
  readonly waitMs: number;
  readonly connections: number;
  /** Of one address that is none of the trusted proxies; not in local mode. */
  readonly addressConnections: number;
  /** What a socket may send before it has said whose it is. */
  readonly greetingBytes: number;
  /** For the head of a request, and for all of it. */
  readonly headersMs: number;
  readonly bodyMs: number;
  /** For reading an answer, from when it begins. */
  readonly answerMs: number;
  readonly idleSocketMs: number;
  /** How often a socket is pinged; one that has not answered by the next time is cut off. */
  readonly pingMs: number;
  readonly variableDepth: number;
  readonly variableList: number;
}

interface LimitRule {
  readonly variable: `SHELFMARK_LIMIT_${string}`;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** A tag value holds 100 000 characters and several may come at once, hence the sizes. */
export const LIMIT_RULES = {
  bodyBytes: { variable: "SHELFMARK_LIMIT_BODY_BYTES", fallback: 8 * MIB, min: 1024, max: 1024 * MIB },
  frameBytes: { variable: "SHELFMARK_LIMIT_FRAME_BYTES", fallback: 8 * MIB, min: 1024, max: 1024 * MIB },
  heldBytes: { variable: "SHELFMARK_LIMIT_HELD_BYTES", fallback: 256 * MIB, min: MIB, max: 1024 * 1024 * MIB },
  documentTokens: { variable: "SHELFMARK_LIMIT_TOKENS", fallback: 4_000, min: 100, max: 1_000_000 },
  documentDepth: { variable: "SHELFMARK_LIMIT_DEPTH", fallback: 16, min: 4, max: 100 },
  documentAliases: { variable: "SHELFMARK_LIMIT_ALIASES", fallback: 60, min: 30, max: 10_000 },
  documentDirectives: { variable: "SHELFMARK_LIMIT_DIRECTIVES", fallback: 50, min: 1, max: 10_000 },
  documentFragments: { variable: "SHELFMARK_LIMIT_FRAGMENTS", fallback: 100, min: 10, max: 10_000 },
  documentComplexity: { variable: "SHELFMARK_LIMIT_COMPLEXITY", fallback: 20_000, min: 100, max: 100_000_000 },
  answerCharacters: { variable: "SHELFMARK_LIMIT_ANSWER_CHARACTERS", fallback: 32 * MIB, min: 1024, max: 512 * MIB },
  requestTimeoutMs: { variable: "SHELFMARK_LIMIT_REQUEST_MS", fallback: 30_000, min: 100, max: HOUR_MS },
  statementTimeoutMs: { variable: "SHELFMARK_LIMIT_STATEMENT_MS", fallback: 15_000, min: 100, max: HOUR_MS },
  resultBytes: { variable: "SHELFMARK_LIMIT_RESULT_BYTES", fallback: 64 * MIB, min: MIB, max: 1024 * MIB },
  subscriptionBytes: { variable: "SHELFMARK_LIMIT_SUBSCRIPTION_BYTES", fallback: 64 * 1024, min: 1024, max: 8 * MIB },
  subscriptionsPerSocket: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET", fallback: 100, min: 1, max: 100_000 },
  subscriptionsPerViewer: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER", fallback: 500, min: 1, max: 100_000 },
  connectionInitTimeoutMs: { variable: "SHELFMARK_LIMIT_CONNECTION_INIT_MS", fallback: 5_000, min: 100, max: HOUR_MS },
  addressRequests: { variable: "SHELFMARK_LIMIT_ADDRESS_REQUESTS", fallback: 6_000, min: 1, max: 10_000_000 },
  viewerOperations: { variable: "SHELFMARK_LIMIT_VIEWER_OPERATIONS", fallback: 3_000, min: 1, max: 10_000_000 },
  viewerPoints: { variable: "SHELFMARK_LIMIT_VIEWER_POINTS", fallback: 1_000_000, min: 1, max: 1_000_000_000 },
  executing: { variable: "SHELFMARK_LIMIT_EXECUTING", fallback: 32, min: 1, max: 10_000 },
  waiting: { variable: "SHELFMARK_LIMIT_WAITING", fallback: 160, min: 0, max: 100_000 },
  waitMs: { variable: "SHELFMARK_LIMIT_WAIT_MS", fallback: 5_000, min: 1, max: HOUR_MS },
  connections: { variable: "SHELFMARK_LIMIT_CONNECTIONS", fallback: 20_000, min: 1, max: 1_000_000 },
  addressConnections: { variable: "SHELFMARK_LIMIT_ADDRESS_CONNECTIONS", fallback: 5_000, min: 1, max: 1_000_000 },
  greetingBytes: { variable: "SHELFMARK_LIMIT_GREETING_BYTES", fallback: 64 * 1024, min: 1024, max: MIB },
  headersMs: { variable: "SHELFMARK_LIMIT_HEADERS_MS", fallback: 15_000, min: 100, max: HOUR_MS },
  bodyMs: { variable: "SHELFMARK_LIMIT_BODY_MS", fallback: 60_000, min: 100, max: HOUR_MS },
  answerMs: { variable: "SHELFMARK_LIMIT_ANSWER_MS", fallback: 60_000, min: 100, max: HOUR_MS },
  idleSocketMs: { variable: "SHELFMARK_LIMIT_IDLE_SOCKET_MS", fallback: 600_000, min: 100, max: 24 * HOUR_MS },
  pingMs: { variable: "SHELFMARK_LIMIT_PING_MS", fallback: 12_000, min: 50, max: HOUR_MS },
  variableDepth: { variable: "SHELFMARK_LIMIT_VARIABLE_DEPTH", fallback: 64, min: 4, max: 10_000 },
  variableList: { variable: "SHELFMARK_LIMIT_VARIABLE_LIST", fallback: 10_000, min: 1, max: 10_000_000 },
  shutdownGraceMs: { variable: "SHELFMARK_LIMIT_SHUTDOWN_MS", fallback: 10_000, min: 0, max: HOUR_MS },
} as const satisfies Record<keyof Limits, LimitRule>;
