import { type DestinationStream, destination, pino } from "pino";

/** A line waits for others at most this long. */
const LATEST_MS = 100;
const FULL_CHARACTERS = 16 * 1024;
/** What waits for a slow reader of the log. More is dropped, and counted: the memory is for requests. */
const MAX_BYTES = 16 * 1024 * 1024;
const AT_ONCE_LEVEL = 40;

export interface BufferedLines extends DestinationStream {
  flushSync(): void;
}

/**
 * Writes lines to a file descriptor without blocking, many at a time: a system call for each costs more than the line.
 * Warnings and errors are written at once, with what waits, and everything is written when the process exits.
 */
export function bufferLines(fd: number, onDropped: (lines: number) => void): BufferedLines {
  const file = destination({ fd, sync: false, maxLength: MAX_BYTES });
  // the other one writes in another thread, which a process that exits does not wait for
  const blocking = destination({ fd, sync: true });
  let waiting: string[] = [];
  let characters = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;

  function takeWaiting(): string {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting.join("");
    waiting = [];
    characters = 0;
    return text;
  }

  function flush(): void {
    const text = takeWaiting();
    if (text !== "") file.write(text);
  }

  function flushSync(): void {
    const text = takeWaiting();
    file.flushSync();
    if (text !== "") blocking.write(text);
  }

  file.on("drop", (text: string) => {
    dropped += text.split("\n").length - 1;
  });
  file.on("drain", () => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    onDropped(lines);
  });
  process.on("exit", flushSync);

  const stream = {
    lastLevel: 0,
    write(line: string) {
      waiting.push(line);
      characters += line.length;
      if (characters >= FULL_CHARACTERS || stream.lastLevel >= AT_ONCE_LEVEL) flush();
      else timer ??= setTimeout(flush, LATEST_MS).unref();
    },
    flushSync,
    // pino then says the level of each line
    [pino.symbols.needsMetadataGsym]: true,
  };
  return stream;
}
