import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { badRequest } from "./bad-request.js";

/** The content codings of RFC 9110 §8.4.1 that a body may have, with what decodes them. */
const DECODERS = { gzip: createGunzip, "x-gzip": createGunzip, br: createBrotliDecompress } as const;

/** For the header `Accept-Encoding` of a refusal (RFC 9110 §12.5.3). */
export const ACCEPTED_CODINGS = "gzip, br";

export function tooLong(maxBytes: number): string {
  return `A request's body may have ${maxBytes} bytes at most.`;
}

/** Whether the server can decode a `Content-Encoding`: absent, `identity`, or one of its codings, once. */
export function isKnownCoding(header: string | undefined): boolean {
  const coding = codingOf(header);
  return coding === null || Object.hasOwn(DECODERS, coding);
}

function codingOf(header: string | undefined): string | null {
  const coding = header?.trim().toLowerCase() ?? "";
  return coding === "" || coding === "identity" ? null : coding;
}

interface BodyLimits {
  /** How many bytes the body may have, after it is decompressed. */
  readonly maxBytes: number;
  /** Called with the length of each part that is read, decompressed. It throws if there is no room for it. */
  onBytes(bytes: number): void;
}

/**
 * Reads a body whole, chunked or with a length, and decompresses it. Stops reading at the limit, which counts what comes out
 * of the decompression: a few kilobytes can become gigabytes. Rejects with a GraphQLError that has the HTTP status.
 */
export function readBody(request: IncomingMessage, { maxBytes, onBytes }: BodyLimits): Promise<Buffer> {
  const coding = codingOf(request.headers["content-encoding"]);
  const decoder = coding === null ? null : DECODERS[coding as keyof typeof DECODERS]();
  const source: Readable = decoder ?? request;
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    // not `for await`: to leave it would destroy the connection, and with it the response
    const stop = (error: unknown) => {
      source.off("data", receive);
      request.unpipe();
      request.pause();
      decoder?.destroy();
      reject(error);
    };
    const receive = (part: Buffer) => {
      length += part.length;
      try {
        onBytes(part.length);
        if (length > maxBytes) throw badRequest(tooLong(maxBytes), 413);
      } catch (error) {
        return stop(error);
      }
      parts.push(part);
    };
    source.on("data", receive);
    source.once("end", () => resolve(Buffer.concat(parts, length)));
    request.once("error", () => stop(badRequest("The request ended before its body was complete.")));
    if (!decoder) return;
    decoder.once("error", () => stop(badRequest(`The body is not valid ${coding}, as its Content-Encoding says.`)));
    request.pipe(decoder);
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes the bytes of JSON, which is UTF-8 (RFC 8259 §8.1): else what a client sent would be stored changed. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest("The body is not valid UTF-8, which JSON must be (RFC 8259, section 8.1).");
  }
}
