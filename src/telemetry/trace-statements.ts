import type { Database } from "../store/connection/database.js";
import { errorCode } from "../util/error-text.js";
import { statementKind } from "./statement-kind.js";
import type { Tracing } from "./tracing.js";

const TARGET = /\b(?:FROM|INTO|UPDATE)\s+(?:"[^"]+"\.)?"([^"]+)"/;
/** Reads of rows name their own table so, and may read others before it. */
const ROOT = /\bFROM\s+(?:"[^"]+"\.)?"([^"]+)" AS "t0"/;

/** Makes a span for each statement within a trace, with its kind and table but not its text or values. Returns what ends this. */
export function traceStatements({ observe }: Pick<Database, "observe">, tracing: Tracing): () => void {
  return observe((text) => {
    const kind = statementKind(text);
    const table = (ROOT.exec(text) ?? TARGET.exec(text))?.[1];
    const summary = table === undefined ? kind : `${kind} ${table}`;
    const attributes = { "db.system.name": "postgresql", "db.operation.name": kind, "db.query.summary": summary };
    const span = tracing.startChildSpan(
      summary,
      table === undefined ? attributes : { ...attributes, "db.collection.name": table },
      "client",
    );
    if (!span) return done;
    return (error) => {
      if (error === undefined) return span.end();
      const code = errorCode(error) ?? "unknown";
      span.end({ error: code, attributes: { "db.response.status_code": code, "error.type": code } });
    };
  });
}

function done(): void {
  // the statement is not a part of a trace
}
