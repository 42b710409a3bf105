import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

export const STREAM = "text/event-stream";
/** The media types of responses, the preferred one first. A subscription is a stream only. */
export const MEDIA_TYPES = ["application/json", "application/graphql-response+json", STREAM];
const CHARSET = "; charset=utf-8";

const MAX_HEADERS = 100;
const MAX_CHARACTERS = 200;
/** By the text of the header: most clients send one of a few. */
const negotiated = new LRUCache<string, readonly string[]>({ max: MAX_HEADERS });

/** Those of our media types that an `Accept` header allows (RFC 9110 §12.5.1), the one that it prefers first. */
export function acceptedOf(accept: string | null | undefined): readonly string[] {
  const header = accept || "*/*";
  const known = negotiated.get(header);
  if (known) return known;
  const negotiator = new Negotiator({ headers: { accept: header } });
  const accepted = negotiator.mediaTypes(MEDIA_TYPES.map((type) => type + CHARSET));
  if (header.length <= MAX_CHARACTERS) negotiated.set(header, accepted);
  return accepted;
}

/** The media type of an answer that is no stream; undefined if the client accepts streams only, or none of ours. */
export function answerTypeOf(accepted: readonly string[]): string | undefined {
  return accepted.find((type) => !type.startsWith(STREAM));
}
