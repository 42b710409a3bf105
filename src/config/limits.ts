/** Upper bounds on what one request, socket or viewer may ask for. Times in milliseconds. */
export interface Limits {
  readonly bodyBytes: number;
  readonly frameBytes: number;
  readonly documentTokens: number;
  readonly documentDepth: number;
  readonly documentAliases: number;
  readonly documentDirectives: number;
  readonly documentComplexity: number;
  readonly requestTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly subscriptionsPerSocket: number;
  readonly subscriptionsPerViewer: number;
  readonly connectionInitTimeoutMs: number;
  readonly shutdownGraceMs: number;
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
  documentTokens: { variable: "SHELFMARK_LIMIT_TOKENS", fallback: 4_000, min: 100, max: 1_000_000 },
  documentDepth: { variable: "SHELFMARK_LIMIT_DEPTH", fallback: 16, min: 4, max: 100 },
  documentAliases: { variable: "SHELFMARK_LIMIT_ALIASES", fallback: 60, min: 30, max: 10_000 },
  documentDirectives: { variable: "SHELFMARK_LIMIT_DIRECTIVES", fallback: 50, min: 1, max: 10_000 },
  documentComplexity: { variable: "SHELFMARK_LIMIT_COMPLEXITY", fallback: 20_000, min: 100, max: 100_000_000 },
  requestTimeoutMs: { variable: "SHELFMARK_LIMIT_REQUEST_MS", fallback: 30_000, min: 100, max: HOUR_MS },
  statementTimeoutMs: { variable: "SHELFMARK_LIMIT_STATEMENT_MS", fallback: 15_000, min: 100, max: HOUR_MS },
  subscriptionsPerSocket: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET", fallback: 100, min: 1, max: 100_000 },
  subscriptionsPerViewer: { variable: "SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER", fallback: 500, min: 1, max: 100_000 },
  connectionInitTimeoutMs: { variable: "SHELFMARK_LIMIT_CONNECTION_INIT_MS", fallback: 5_000, min: 100, max: HOUR_MS },
  shutdownGraceMs: { variable: "SHELFMARK_LIMIT_SHUTDOWN_MS", fallback: 10_000, min: 0, max: HOUR_MS },
} as const satisfies Record<keyof Limits, LimitRule>;
