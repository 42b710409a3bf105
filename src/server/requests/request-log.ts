import type { Logger } from "pino";
import type { Viewer } from "../../domain/access/actor.js";
import type { Visit } from "./request-record.js";

const MAX_NAME = 100;
const MAX_AGENT = 200;
/** Whoever looks at the log in a terminal must not be spoken to by it. JSON escapes some of these, and not all. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line for each request, when it is over: what was asked by its name only, for variables hold secrets. */
export function logRequest(log: Logger, visit: Visit): void {
  const { requestId, method, path, status, type, name, codes, viewer, address, bytes, messages, left } = visit;
  const line = {
    ...{ requestId, method, path, status, ms: Math.round(performance.now() - visit.startedAt) },
    ...{ operationType: type, operationName: name?.slice(0, MAX_NAME), codes },
    viewer: viewer && toLogged(viewer),
    ...{ address, userAgent: toPlainText(visit.userAgent), bytes, messages, left },
    traceId: visit.span.traceId ?? undefined,
  };
  log.info(line, "request");
}

/** Who it was for the registry. Names are for people, and tokens for nobody else. */
export function toLogged({ actor: { issuer, subject } }: Viewer) {
  return { issuer, subject };
}

export function toPlainText(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_AGENT).replace(UNPRINTABLE, "\u{fffd}");
}
