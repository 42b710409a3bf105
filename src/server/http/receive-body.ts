import type { Readable } from "node:stream";
import { InvalidDocumentError, TimeoutError } from "../../domain/errors.js";
import { withTimeout } from "../../util/timeout.js";

interface ReceiveOptions {
  /** How long the client may send nothing. */
  readonly idleMs: number;
  /** Stores a part. The next one is read from the connection when it is stored. */
  write(part: Uint8Array): Promise<void>;
}

/**
 * Reads a body part by part, as fast as the parts are stored: what is read ahead is what the buffer of the request holds.
 * Returns the length. Throws if the body ends early, or if nothing arrives for a while.
 */
export async function receiveBody(request: Readable, { idleMs, write }: ReceiveOptions): Promise<number> {
  // to leave the loop must not destroy the connection, and with it the answer
  const parts = request.iterator({ destroyOnReturn: false });
  let length = 0;
  for (;;) {
    const { done, value } = await withTimeout(nextOf(parts), idleMs, (): never => {
      throw new TimeoutError(`Nothing of the body arrived for ${idleMs} ms.`);
    });
    if (done) return length;
    length += value.length;
    await write(value).catch(async (error: unknown) => {
      await parts.return?.();
      throw error;
    });
  }
}

async function nextOf(parts: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer, undefined>> {
  try {
    return await parts.next();
  } catch {
    throw new InvalidDocumentError("The request ended before its body was complete.");
  }
}
