import type { Logger } from "pino";

interface Served {
  readonly requestId: string;
  /** As HTTP names it; `WS` for an operation of a WebSocket. */
  readonly method: string | undefined;
  readonly status?: number;
  readonly ms: number;
  readonly operationName?: string | null | undefined;
  readonly codes?: readonly string[] | undefined;
}

const MAX_NAME = 100;

/** One line for each request: what was asked by its name only, for variables hold secrets. */
export function logRequest(log: Logger, { operationName, ...served }: Served): void {
  log.info({ ...served, operationName: operationName?.slice(0, MAX_NAME) }, "request");
}
