import type { ExecutionResult } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import type { Transport } from "../../telemetry/metrics.js";
import type { Span } from "../../telemetry/tracing.js";

/** What is known of one HTTP request, or of one operation of a socket, while it is served. */
export interface RequestRecord {
  readonly requestId: string;
  readonly transport: Transport;
  /** The HTTP method; `WS` for an operation of a socket. */
  readonly method: string;
  readonly path: PathKind;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** In milliseconds of `performance.now`. */
  readonly startedAt: number;
  readonly span: Span;
  /** The length of the body, decompressed as soon as it is read, or of the message of a socket. */
  requestBytes: number;
  viewer?: Viewer | undefined;
  /** The operation name that a socket's client sent: any text, until the document turns out to have such an operation. */
  requestedName?: string | undefined;
  operationType?: string | undefined;
  operationName?: string | undefined;
  /** Whether the operation was valid and its execution has begun. */
  isExecuted: boolean;
  /** Whether the operation has been counted. */
  isAnswered: boolean;
  /** The codes of the errors in the answer, or in the last message of a stream. */
  codes: readonly string[];
  status?: number;
  responseBytes?: number;
  /** The client left before the whole answer was written. */
  left?: true;
  /** How many messages a stream has sent. */
  messages?: number;
}

/** `api`: the API beside GraphQL. */
export type PathKind = "graphql" | "api" | "other";

export const NO_CODES: readonly string[] = [];

export function codesOf({ errors }: ExecutionResult): readonly string[] {
  return errors ? errors.map(({ extensions }) => String(extensions.code ?? "INTERNAL")) : NO_CODES;
}
