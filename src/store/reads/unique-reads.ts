interface WaitingRead {
  run(): PromiseLike<unknown>;
  runOther(): PromiseLike<unknown>;
  resolve(row: PromiseLike<unknown>): void;
}

/**
 * Reads of one row by its key. Prisma makes one statement of those that the rows of a page ask for at the same time, so only
 * a read that stays alone runs as a statement of its own.
 */
export class UniqueReads {
  readonly #waiting = new Map<string, WaitingRead[]>();

  /** Reads with the same key differ in values only. */
  read(key: string, read: Pick<WaitingRead, "run" | "runOther">): Promise<unknown> {
    return new Promise((resolve) => {
      const alike = this.#waiting.get(key);
      if (alike) alike.push({ ...read, resolve });
      else {
        this.#waiting.set(key, [{ ...read, resolve }]);
        process.nextTick(() => this.#runAll(key));
      }
    });
  }

  #runAll(key: string): void {
    const alike = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    const isAlone = alike.length === 1;
    for (const { run, runOther, resolve } of alike) resolve(isAlone ? run() : runOther());
  }
}
