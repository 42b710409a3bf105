import { type Event, Prisma } from "../generated/client.js";

/** An event as streams and lists read it: without the large values of a large body, which may have 20 million bytes. */
export interface StreamEvent extends Event {
  /** The size of the whole body. */
  readonly bodyBytes: number;
}

const WHOLE_BODY_BYTES = 64 * 1024;

/**
 * The columns of the row `ev` for a StreamEvent. A body over 64 KiB is reduced to its actor and its snapshots, in which lists and objects
 * are null: only `running` is shown by a field of its own.
 */
export const STREAM_COLUMNS = Prisma.raw(`${columnsWithoutBody()}, octet_length(ev."body") AS "bodyBytes",
  CASE WHEN octet_length(ev."body") <= ${WHOLE_BODY_BYTES} THEN ev."body" ELSE (
    SELECT jsonb_build_object('actor', parsed."whole" -> 'actor', 'before', ${abridged("before")}, 'after', ${abridged("after")})::text
    FROM (SELECT ev."body"::jsonb AS "whole" OFFSET 0) AS parsed
  ) END AS "body"`);

function columnsWithoutBody(): string {
  const names = Object.values(Prisma.EventScalarFieldEnum).filter((name) => name !== "body");
  return names.map((name) => `ev."${name}"`).join(", ");
}

function abridged(snapshot: "before" | "after"): string {
  const isKept = `jsonb_typeof(part."value") NOT IN ('array', 'object') OR part."key" = 'running'`;
  return `(SELECT jsonb_object_agg(part."key", CASE WHEN ${isKept} THEN part."value" END)
    FROM jsonb_each(nullif(parsed."whole" -> '${snapshot}', 'null')) AS part)`;
}
