import type { ExecutionResult } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import type { Transport } from "../../telemetry/metrics.js";
import type { Span } from "../../telemetry/tracing.js";

/** What is known of one request of HTTP, or of one operation of a socket, while it is served. */
export interface RequestRecord {
  readonly requestId: string;
  readonly transport: Transport;
  /** As HTTP names it; `WS` for an operation of a socket. */
  readonly method: string;
  readonly path: PathKind;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** Milliseconds, as `performance.now` tells them. */
  readonly startedAt: number;
  readonly span: Span;
  /** How long the body, or the message of a socket, is that asks. */
  readonly requestBytes: number;
  viewer?: Viewer | undefined;
  /** The operation that a socket's client asks for: any text, until the document has an operation of that name. */
  requestedName?: string | undefined;
  operationType?: string | undefined;
  operationName?: string | undefined;
  /** It was found valid, and begun. */
  isExecuted: boolean;
  /** It has been counted. */
  isAnswered: boolean;
  codes: readonly string[];
  status?: number;
  responseBytes?: number;
  /** The client left before the answer was written. */
  left?: true;
  /** Of a stream: how many were sent. */
  messages?: number;
}

export type PathKind = "graphql" | "other";

export const NO_CODES: readonly string[] = [];

/** The codes of an answer. */
export function codesOf({ errors }: ExecutionResult): readonly string[] {
  return errors ? errors.map(({ extensions }) => String(extensions.code ?? "INTERNAL")) : NO_CODES;
}
