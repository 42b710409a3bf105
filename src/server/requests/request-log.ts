import type { Logger } from "pino";
import type { Viewer } from "../../domain/access/actor.js";
import type { RequestRecord } from "./request-record.js";

const MAX_NAME_CHARACTERS = 100;
const MAX_AGENT_CHARACTERS = 200;
/** Control characters could drive the terminal of somebody who reads the log. JSON escapes only some of them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** For lines whose fields are fixed here, and hold no secret: looking for secrets costs as much as the rest of a line. */
export function withoutRedaction(log: Logger): Logger {
  return log.child({}, { redact: [] });
}

/** Logs one line for each request, when it is over. Contains the operation's name only, because variables hold secrets. */
export function logRequest(log: Logger, record: RequestRecord): void {
  const line = {
    requestId: record.requestId,
    method: record.method,
    path: record.path,
    status: record.status,
    ms: Math.round(performance.now() - record.startedAt),
    operationType: record.operationType,
    operationName: record.operationName?.slice(0, MAX_NAME_CHARACTERS),
    codes: record.codes,
    viewer: record.viewer && toLoggedViewer(record.viewer),
    address: record.address,
    userAgent: toPrintable(record.userAgent),
    bytes: record.responseBytes,
    messages: record.messages,
    left: record.left,
    traceId: record.span.traceId ?? undefined,
  };
  log.info(line, "request");
}

/** Who the viewer is to the registry. Leaves out the display name, which is personal data, and the token, which is secret. */
export function toLoggedViewer({ actor: { issuer, subject } }: Viewer) {
  return { issuer, subject };
}

export function toPrintable(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_AGENT_CHARACTERS).replace(UNPRINTABLE, "\u{fffd}");
}
