import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type pg from "pg";
import { columnsOfBody, type StoredEvent } from "../domain/audit.js";
import { readStoredEvents, readStoredHash, readStoredHead, withSnapshot } from "./audit-rows.js";
import { genesisHash, type Link } from "./chain.js";

export const EXPORT_FORMAT = "shelfmark-log-v1";

/** The first line of an export: what the first event's hash follows from. */
export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly logId: string;
  /** The revision before the first, and its hash. */
  readonly revision: number;
  readonly hash: string;
}

/** Writes the log as JSON lines: a header, then `{revision, hash, body}` for each event, its body as the very text that was hashed. */
export function exportLog(
  pool: pg.Pool,
  { from, to }: { readonly from?: bigint | undefined; readonly to?: bigint | undefined },
  write: (line: string) => Promise<void>,
): Promise<bigint> {
  return withSnapshot(pool, async (client) => {
    const { logId, revision, compactedRevision, compactedHash } = await readStoredHead(client);
    const first = from !== undefined && from > compactedRevision + 1n ? from : compactedRevision + 1n;
    const hash =
      first === compactedRevision + 1n
        ? (compactedHash ?? genesisHash(logId))
        : await readStoredHash(client, first - 1n);
    const header = {
      format: EXPORT_FORMAT,
      logId,
      revision: Number(first - 1n),
      hash: hash ?? "",
    } satisfies ExportHeader;
    await write(JSON.stringify(header));
    let count = 0n;
    for await (const event of readStoredEvents(client, first, to ?? revision)) {
      await write(JSON.stringify({ revision: Number(event.revision), hash: event.hash, body: event.body }));
      count++;
    }
    return count;
  });
}

/** An export's header and events, read line by line; throws a sentence where the file is none. */
export async function openExport(
  path: string,
): Promise<{ header: ExportHeader; start: Link; events: AsyncIterable<StoredEvent> }> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  const { value } = await lines.next();
  const header = parse(value ?? "") as ExportHeader;
  if (header.format !== EXPORT_FORMAT) throw new Error(`${path} is no export of a log.`);
  const start = { revision: BigInt(header.revision), hash: header.hash };
  return { header, start, events: eventsOf(lines) };
}

async function* eventsOf(lines: AsyncIterator<string>): AsyncGenerator<StoredEvent, void, undefined> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const { revision, hash, body } = parse(next.value) as { revision: number; hash: string; body: string };
    yield { revision: BigInt(revision), hash, body, columns: columnsIn(body) };
  }
}

/** An export has no columns beside the bodies, so they agree with them. */
function columnsIn(body: string): Record<string, unknown> {
  try {
    return columnsOfBody(body);
  } catch {
    return {};
  }
}

function parse(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // told below
  }
  throw new Error(`A line is no JSON object: ${line.slice(0, 60)}`);
}
