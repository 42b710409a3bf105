import { open } from "node:fs/promises";

interface Flushing {
  readonly current: Promise<void>;
  /** Begins when the current one ends, and covers all names that were made until then. */
  next: Promise<void> | null;
}

const flushing = new Map<string, Flushing>();

/** Makes the names in a folder survive a power failure. Who asks while one flush runs shares the next one. */
export function flushFolder(path: string): Promise<void> {
  const known = flushing.get(path);
  if (!known) return begin(path);
  // not the current one: it may have begun before the name was made
  known.next ??= known.current.then(
    () => begin(path),
    () => begin(path),
  );
  return known.next;
}

function begin(path: string): Promise<void> {
  const current = flush(path);
  const own: Flushing = { current, next: null };
  flushing.set(path, own);
  const forget = () => {
    if (flushing.get(path) === own && own.next === null) flushing.delete(path);
  };
  current.then(forget, forget);
  return current;
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}
