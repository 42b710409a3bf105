import type pg from "pg";
import type { StoredEvent } from "../../domain/events/log-fault.js";
import { readStoredEvents, readStoredHash, readStoredHead, withSnapshot } from "./audit-rows.js";
import { baseOf, type Verification, type VerifyOptions } from "./audit-verify.js";
import { CheckpointCheck } from "./checkpoint-check.js";
import { faultOfStart, walkChain } from "./hash-chain.js";
import {
  ExportError,
  type LogHeader,
  parseEventLine,
  parseHeaderLine,
  parseObject,
  readLines,
  toEventLine,
  toHeaderLine,
} from "./log-file.js";

const FORMAT = "shelfmark-log-v1";

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
    await write(toHeaderLine({ format: FORMAT, logId, start: { revision: first - 1n, hash } }));
    let count = 0n;
    for await (const event of readStoredEvents(client, first, to ?? revision)) {
      await write(toEventLine(event));
      count++;
    }
    return count;
  });
}

/** Opens an export and reads its header; the events are read line by line. Throws an ExportError if it is not an export. */
export async function openExport(path: string): Promise<LogHeader & { events: AsyncIterable<StoredEvent> }> {
  const lines = readLines(path);
  const first = (await lines.next()).value ?? "";
  const header = parseHeaderLine(first);
  if (header && header.format !== FORMAT) throw new ExportError(`${path} is of an archive; verify its whole folder.`);
  if (!header)
    throw parseObject(first) ? new ExportError(`${path} is not an export of a log.`) : isNot("a JSON object", first);
  return { ...header, events: eventsOf(lines) };
}

/** Verifies an export as `verifyLog` verifies a log. Events after its last line are unknown. */
export async function verifyExport(
  path: string,
  { trust, kept }: Pick<VerifyOptions, "trust" | "kept">,
): Promise<Verification> {
  const { logId, start, events } = await openExport(path);
  const check = new CheckpointCheck(logId, kept, trust);
  const before = faultOfStart(logId, start) ?? check.faultAt(start);
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

async function* eventsOf(lines: AsyncIterable<string>): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const line of lines) {
    const event = parseEventLine(line);
    if (!event) throw isNot(parseObject(line) ? "an event" : "a JSON object", line);
    yield event;
  }
}

function isNot(what: string, line: string): ExportError {
  return new ExportError(`A line is not ${what}: ${line.slice(0, 60).trimEnd()}`);
}
