/** Work that is done at an interval. */
export interface Repeated {
  /** Returns when the work that is still running has ended. */
  stop(): Promise<void>;
}

/** Does the work at an interval, one at a time: while it takes longer, the next time is left out. */
export function repeat(work: () => Promise<unknown>, intervalMs: number, onError: (error: Error) => void): Repeated {
  let running: Promise<void> | null = null;
  const run = () => {
    running ??= work()
      .then(() => undefined, onError)
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(run, intervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
