import type { IncomingMessage, ServerResponse } from "node:http";
import compression from "compression";

/** Shorter answers hardly get shorter. */
export const MIN_COMPRESSED_BYTES = 1024;
const STREAM = "text/event-stream";

/** The package is middleware of express; it uses what node:http has. */
type Compress = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const compress = compression({
  threshold: MIN_COMPRESSED_BYTES,
  // a compressor holds the messages of a stream back until it has enough of them
  filter: (request, response) =>
    !String(response.getHeader("content-type")).startsWith(STREAM) && compression.filter(request, response),
}) as unknown as Compress;

/** Compresses the response with br or gzip if the request accepts it (RFC 9110 §12.5.3). */
export function compressResponse(request: IncomingMessage, response: ServerResponse): void {
  compress(request, response, () => {});
}
