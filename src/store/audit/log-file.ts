import { createReadStream } from "node:fs";
import { columnsOfBody, type StoredEvent } from "../../domain/events/log-fault.js";
import { errorCode } from "../../util/error-text.js";
import type { ChainLink } from "./hash-chain.js";

/** A file of events cannot be made or read; the message is a sentence for the user. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

/** What a file holds: any part of a log, or a segment of an archive, which ends with a signed checkpoint. */
const LOG_FORMATS = ["shelfmark-log-v1", "shelfmark-archive-v1"] as const;
type LogFormat = (typeof LOG_FORMATS)[number];

/** The first line of a file: the link that its first event follows from. */
export interface LogHeader {
  readonly format: LogFormat;
  readonly logId: string;
  readonly start: ChainLink;
}

/** More than any event that the server accepts. */
const MAX_LINE = 256 * 1024 * 1024;

/** The lines of a file, each with its newline. Only the last one may lack it. */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunksOf(path)) {
    let from = 0;
    for (let at = chunk.indexOf("\n"); at >= 0; at = chunk.indexOf("\n", from)) {
      yield [...parts, chunk.slice(from, at + 1)].join("");
      [parts, length, from] = [[], 0, at + 1];
    }
    parts.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > MAX_LINE) throw new ExportError(`A line of ${path} is longer than any event.`);
  }
  if (length > 0) yield parts.join("");
}

async function* chunksOf(path: string): AsyncGenerator<string, void, undefined> {
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8" })) yield String(chunk);
  } catch (error) {
    const code = errorCode(error);
    throw code === undefined ? error : new ExportError(`The file ${path} cannot be read (${code}).`);
  }
}

export function toHeaderLine({ format, logId, start }: LogHeader): string {
  return JSON.stringify({ format, logId, revision: Number(start.revision), hash: start.hash });
}

/** The header of a line; null if it is none. */
export function parseHeaderLine(line: string): LogHeader | null {
  const { logId, revision, hash, ...rest } = parseObject(line) ?? {};
  const format = LOG_FORMATS.find((known) => known === rest.format);
  if (!format || typeof logId !== "string" || !Number.isSafeInteger(revision) || typeof hash !== "string") return null;
  return { format, logId, start: { revision: BigInt(Number(revision)), hash } };
}

/** The body is exactly the text that was hashed. */
export function toEventLine({ revision, hash, body }: Omit<StoredEvent, "columns">): string {
  return JSON.stringify({ revision: Number(revision), hash, body });
}

/** The event of a line; null if it is none. */
export function parseEventLine(line: string): StoredEvent | null {
  const { revision, hash, body } = parseObject(line) ?? {};
  if (!Number.isSafeInteger(revision) || typeof hash !== "string" || typeof body !== "string") return null;
  return { revision: BigInt(Number(revision)), hash, body, columns: columnsIn(body) };
}

/** A file has no columns besides the bodies, so they are taken from the bodies. */
function columnsIn(body: string): StoredEvent["columns"] {
  try {
    return columnsOfBody(body);
  } catch {
    return {};
  }
}

/** The JSON object of a line; null if it is none. */
export function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
