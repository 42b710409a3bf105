import { Backoff, sleep } from "./backoff.js";
import { reasonOf } from "./connection.js";
import type { ReconcileOptions, Standing } from "./reconcile-options.js";

interface WorkersOptions
  extends Pick<ReconcileOptions, "apply" | "onFailure" | "onVacant" | "onRetry" | "concurrency" | "retryMs"> {
  readonly signal: AbortSignal;
  readonly read: (model: string) => Promise<Standing | null>;
}

interface Worker {
  /** The version that was applied last; null if that is unknown, as before the first attempt and after a failed one. */
  applied: Standing | null;
  /** Whether a version was at the place in the last attempt. */
  isOccupied: boolean;
  /** Whether something may have changed since the last attempt. */
  isDirty: boolean;
  /** Aborts when the wait before the next attempt must end. */
  wake: AbortController;
  running: Promise<void> | null;
}

const CONCURRENCY = 10;

/** One worker for each model, so that a failing deployment of one model does not delay the others. */
export class ModelWorkers {
  private readonly workers = new Map<string, Worker>();
  private readonly options: WorkersOptions;
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(options: WorkersOptions) {
    this.options = options;
    this.free = options.concurrency ?? CONCURRENCY;
  }

  /** The names of all models that were checked so far. */
  known(): string[] {
    return [...this.workers.keys()];
  }

  /** Reads the version of the model and applies it if it changed. Also ends the wait before another attempt. */
  check(model: string): void {
    const worker = this.workers.get(model) ?? {
      applied: null,
      isOccupied: false,
      isDirty: true,
      wake: new AbortController(),
      running: null,
    };
    this.workers.set(model, worker);
    worker.isDirty = true;
    worker.wake.abort();
    worker.running ??= this.work(model, worker).finally(() => {
      worker.running = null;
      if (worker.isDirty && !this.options.signal.aborted) this.check(model);
    });
  }

  /** Resolves when no worker runs any more. */
  async settle(): Promise<void> {
    await Promise.all([...this.workers.values()].map(({ running }) => running));
  }

  private async work(model: string, worker: Worker): Promise<void> {
    const { signal, retryMs, onFailure, onRetry } = this.options;
    const backoff = new Backoff({ firstMs: retryMs?.first, longestMs: retryMs?.longest });
    while (worker.isDirty && !signal.aborted) {
      worker.isDirty = false;
      worker.wake = new AbortController();
      const failure = await this.attempt(model, worker);
      if (!failure) continue;
      worker.isDirty = true;
      const waitMs = backoff.nextMs();
      if (failure.standing) onFailure?.(failure.standing, failure.error, waitMs);
      else onRetry?.(`The version of ${model} could not be read: ${reasonOf(failure.error)}`, waitMs);
      await sleep(waitMs, AbortSignal.any([signal, worker.wake.signal]));
      if (worker.wake.signal.aborted) backoff.reset();
    }
  }

  /** Reads the version at the place and applies it if it is another one than the last. Returns the failure, if any. */
  private async attempt(model: string, worker: Worker): Promise<{ standing: Standing | null; error: unknown } | null> {
    const { read, apply, onVacant, signal } = this.options;
    let standing: Standing | null = null;
    await this.acquire();
    try {
      standing = await read(model);
      if (standing === null) {
        if (worker.isOccupied && !signal.aborted) onVacant?.(model);
        worker.applied = null;
      } else if (standing.versionId !== worker.applied?.versionId) {
        const previous = worker.applied;
        // a failed attempt may have done half of the work, so the next version is applied even if it is the previous one
        worker.applied = null;
        await apply(standing, previous);
        worker.applied = standing;
      }
      worker.isOccupied = standing !== null;
      return null;
    } catch (error) {
      worker.isOccupied ||= standing !== null;
      return signal.aborted ? null : { standing, error };
    } finally {
      this.release();
    }
  }

  private async acquire(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
