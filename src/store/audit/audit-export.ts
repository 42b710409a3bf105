import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type pg from "pg";
import { columnsOfBody, type StoredEvent } from "../../domain/events/log-fault.js";
import { errorCode } from "../../util/error-text.js";
import { readStoredEvents, readStoredHash, readStoredHead, withSnapshot } from "./audit-rows.js";
import { baseOf, type Verification, type VerifyOptions } from "./audit-verify.js";
import { CheckpointCheck } from "./checkpoint-check.js";
import { type ChainLink, genesisHash, walkChain } from "./hash-chain.js";

const FORGED_GENESIS = "does not follow from the id of its log: what the export begins with was altered";

/** An export cannot be made or read; the message is a sentence for the user. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

const EXPORT_FORMAT = "shelfmark-log-v1";

/** The first line of an export: the link that its first event follows from. */
interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly logId: string;
  /** The revision before the first event, and its hash. */
  readonly revision: number;
  readonly hash: string;
}

/**
 * Writes the log as JSON lines: a header, then `{revision, hash, body}` for each event. The body is exactly the text that
 * was hashed. Returns the number of events.
 */
export function exportLog(
  pool: pg.Pool,
  { from, to }: { readonly from?: bigint | undefined; readonly to?: bigint | undefined },
  write: (line: string) => Promise<void>,
): Promise<bigint> {
  return withSnapshot(pool, async (client) => {
    const head = await readStoredHead(client);
    const { logId, revision } = head;
    const base = baseOf(head);
    const first = from !== undefined && from > base.revision + 1n ? from : base.revision + 1n;
    if (first > revision + 1n) throw new ExportError(`Revision ${first} is beyond the head, which is ${revision}.`);
    const hash = first === base.revision + 1n ? base.hash : await readStoredHash(client, first - 1n);
    if (hash === null)
      throw new ExportError(`Revision ${first - 1n}, which the first event follows from, was removed.`);
    const header = { format: EXPORT_FORMAT, logId, revision: Number(first - 1n), hash } satisfies ExportHeader;
    await write(JSON.stringify(header));
    let count = 0n;
    for await (const event of readStoredEvents(client, first, to ?? revision)) {
      await write(JSON.stringify({ revision: Number(event.revision), hash: event.hash, body: event.body }));
      count++;
    }
    return count;
  });
}

/** Opens an export and reads its header; the events are read line by line. Throws an ExportError if it is not an export. */
export async function openExport(
  path: string,
): Promise<{ header: ExportHeader; start: ChainLink; events: AsyncIterable<StoredEvent> }> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  const header = toHeader(await nextLine(lines, path), path);
  const start = { revision: BigInt(header.revision), hash: header.hash };
  return { header, start, events: eventsOf(lines) };
}

/** Verifies an export as `verifyLog` verifies a log. Events after its last line are unknown. */
export async function verifyExport(
  path: string,
  { trust, kept }: Pick<VerifyOptions, "trust" | "kept">,
): Promise<Verification> {
  const { header, start, events } = await openExport(path);
  const check = new CheckpointCheck(header.logId, kept, trust);
  const isForged = start.revision === 0n && start.hash !== genesisHash(header.logId);
  const before = isForged ? { revision: 1n, text: FORGED_GENESIS } : check.faultAt(start);
  const { end, fault } = before
    ? { end: start, fault: before }
    : await walkChain(start, events, (link) => check.faultAt(link));
  return {
    fault,
    walked: { from: start.revision + 1n, to: end.revision, hash: end.hash },
    signed: check.newestWithin(start.revision, end.revision),
    beyond: check.newestAfter(end.revision),
    foreign: check.foreignKeys,
  };
}

async function nextLine(lines: AsyncIterator<string>, path: string): Promise<string> {
  try {
    return (await lines.next()).value ?? "";
  } catch (error) {
    const code = errorCode(error);
    throw code === undefined ? error : new ExportError(`The file ${path} cannot be read (${code}).`);
  }
}

function toHeader(line: string, path: string): ExportHeader {
  const { format, logId, revision, hash } = parse(line);
  const isComplete = typeof logId === "string" && Number.isSafeInteger(revision) && typeof hash === "string";
  if (format !== EXPORT_FORMAT || !isComplete) throw new ExportError(`${path} is not an export of a log.`);
  return { format, logId, revision: Number(revision), hash };
}

async function* eventsOf(lines: AsyncIterator<string>): AsyncGenerator<StoredEvent, void, undefined> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const { revision, hash, body } = parse(next.value);
    if (!Number.isSafeInteger(revision) || typeof hash !== "string" || typeof body !== "string") {
      throw new ExportError(`A line is not an event: ${next.value.slice(0, 60)}`);
    }
    yield { revision: BigInt(Number(revision)), hash, body, columns: columnsIn(body) };
  }
}

/** An export has no columns besides the bodies, so they are taken from the bodies. */
function columnsIn(body: string): StoredEvent["columns"] {
  try {
    return columnsOfBody(body);
  } catch {
    return {};
  }
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // reported below
  }
  throw new ExportError(`A line is not a JSON object: ${line.slice(0, 60)}`);
}
