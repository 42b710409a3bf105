import { type Event, Prisma } from "../generated/client.js";

/** An event as its fields tell it: of a large body only what they say is there, for it may have 20 million bytes. */
export interface ToldEvent extends Event {
  /** Of the whole body. */
  readonly bodyBytes: number;
}

const WHOLE_BYTES = 64 * 1024;

/** The columns of the row `ev` for whoever tells of it; in snapshots lists and objects keep their names alone. */
export const TOLD_COLUMNS = Prisma.raw(`${namesBesideBody()}, octet_length(ev."body") AS "bodyBytes",
  CASE WHEN octet_length(ev."body") <= ${WHOLE_BYTES} THEN ev."body" ELSE (
    SELECT jsonb_build_object('before', ${brief("before")}, 'after', ${brief("after")})::text
    FROM (SELECT ev."body"::jsonb AS "whole" OFFSET 0) AS parsed
  ) END AS "body"`);

function namesBesideBody(): string {
  const names = Object.values(Prisma.EventScalarFieldEnum).filter((name) => name !== "body");
  return names.map((name) => `ev."${name}"`).join(", ");
}

function brief(snapshot: "before" | "after"): string {
  const isKept = `jsonb_typeof(part."value") NOT IN ('array', 'object') OR part."key" = 'running'`;
  return `(SELECT jsonb_object_agg(part."key", CASE WHEN ${isKept} THEN part."value" END)
    FROM jsonb_each(nullif(parsed."whole" -> '${snapshot}', 'null')) AS part)`;
}
