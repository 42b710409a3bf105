import { ConnectionError } from "./errors.js";

/**
 * The data of a stream's `next` messages (HTML Standard §9.2), until it completes. A slow reader loses nothing: unread
 * messages wait in the network.
 */
export async function* readMessages(
  response: Response,
  abort: () => void,
  silenceMs: number,
): AsyncGenerator<string, void, undefined> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await readUnlessSilent(reader.read(), abort, silenceMs);
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const { event, data } = parseBlock(block);
        if (event === "complete") return;
        if (event === "next" && data !== "") yield data;
      }
    }
  } finally {
    await reader.cancel().catch(() => {
      // the connection is closed already
    });
  }
}

async function readUnlessSilent<T>(reading: Promise<T>, abort: () => void, ms: number): Promise<T> {
  const timer = setTimeout(abort, ms);
  try {
    return await reading;
  } catch (error) {
    throw new ConnectionError(`The stream was cut off: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function parseBlock(block: string): { event: string; data: string } {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return { event, data: data.join("\n") };
}
