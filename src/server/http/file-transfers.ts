import type { IncomingMessage, ServerResponse } from "node:http";
import type { Viewer } from "../../domain/access/actor.js";
import { InvalidDocumentError } from "../../domain/errors.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { withinTime } from "../kit/within-time.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { ApiAnswer, FileEndpoint, FileTransfer } from "./mounted-api.js";
import { receiveBody } from "./receive-body.js";

export type Sending = Extract<FileTransfer, { kind: "send" }>;
type Receiving = Extract<FileTransfer, { kind: "receive" }>;

/** One HTTP request for a file. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  readonly viewer: Viewer;
}

/**
 * Serves endpoints for files. What they ask the database waits for a place to execute, as every operation does; the bytes do
 * not, and count as transfers instead.
 */
export function createFileTransfers({ config, sessions }: EntryPointServices, limiters: Limiters) {
  const { requestTimeoutMs, transferIdleMs, bodyBytes } = config.limits;
  const { rates, admission, transfers } = limiters;

  async function execute<T>({ actor }: Viewer, work: () => Promise<T>): Promise<T> {
    const release = await admission.enter(actor);
    return withinTime(
      requestTimeoutMs,
      work().finally(release),
      `The request took longer than ${requestTimeoutMs} ms.`,
    );
  }

  async function receive({ request, response, record, viewer }: Exchange, transfer: Receiving): Promise<ApiAnswer> {
    try {
      // shorter bodies were asked for when the request arrived
      if (request.headers.expect && Number(request.headers["content-length"] ?? 0) > bodyBytes)
        response.writeContinue();
      const bytes = await receiveBody(request, { idleMs: transferIdleMs, write: (part) => transfer.write(part) });
      record.requestBytes = Math.max(record.requestBytes, bytes);
      await transfer.flush();
      // the body may have taken hours, in which the token may have been revoked
      sessions.require(viewer);
    } catch (error) {
      await transfer.abandon();
      throw error;
    }
    return execute(viewer, () => transfer.commit());
  }

  return async (exchange: Exchange, endpoint: FileEndpoint): Promise<ApiAnswer | Sending> => {
    const { request, response, record, viewer } = exchange;
    response.once("close", transfers.begin(viewer.actor));
    const { headers } = request;
    if ((headers["content-encoding"] ?? "identity") !== "identity")
      throw new InvalidDocumentError("A file is stored as it is sent: its body must have no Content-Encoding.");
    const length = headers["content-length"];
    const { points, prepare } = endpoint.readFile({
      method: record.method,
      query: new URL(request.url ?? "/", "http://api").searchParams,
      headers,
      contentLength: length === undefined ? undefined : Number(length),
    });
    rates.charge(viewer.actor, points);
    record.isExecuted = true;
    const transfer = await execute(viewer, () => prepare(viewer, record.requestId));
    if (transfer.kind === "answer") return transfer.answer;
    return transfer.kind === "send" ? transfer : receive(exchange, transfer);
  };
}
