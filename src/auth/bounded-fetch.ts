import type { FetchImplementation } from "jose";

/** Far more than any issuer lists. The response is held in memory, and may come from somebody other than the issuer. */
const MAX_BYTES = 1024 * 1024;

/** Fetches a key set of at most 1 MiB. The signal of the options bounds the time. */
export const fetchBounded: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  if (response.status === 200) return new Response(await readWithin(response, MAX_BYTES), { status: 200 });
  await response.body?.cancel();
  return response;
};

async function readWithin({ body }: Response, maxBytes: number): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RangeError(`The response is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new Blob(chunks);
}
