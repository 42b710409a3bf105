import { Backoff, sleep } from "./backoff.js";
import { reasonOf } from "./connection.js";
import type { ReconcileOptions, Standing } from "./reconcile-options.js";

interface WorkersOptions
  extends Pick<ReconcileOptions, "apply" | "onFailure" | "onVacant" | "onRetry" | "concurrency" | "retryMs"> {
  readonly signal: AbortSignal;
  readonly read: (model: string) => Promise<Standing | null>;
}

interface Worker {
  /** What was applied last; null if nobody knows, as before the first time and after a failure. */
  applied: Standing | null;
  /** Whether somebody stood there when it last looked. */
  occupied: boolean;
  /** Something may have changed since it last looked. */
  dirty: boolean;
  wake: AbortController;
  running: Promise<void> | null;
}

const CONCURRENCY = 10;

/** One worker for each model, each on its own, so that a broken deploy of one holds up no other. */
export class ModelWorkers {
  private readonly workers = new Map<string, Worker>();
  private readonly options: WorkersOptions;
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(options: WorkersOptions) {
    this.options = options;
    this.free = options.concurrency ?? CONCURRENCY;
  }

  /** The models that were looked at so far. */
  known(): string[] {
    return [...this.workers.keys()];
  }

  /** Looks at what stands there now, at once, also while the last attempt waits to be tried again. */
  look(model: string): void {
    const worker = this.workers.get(model) ?? {
      applied: null,
      occupied: false,
      dirty: true,
      wake: new AbortController(),
      running: null,
    };
    this.workers.set(model, worker);
    worker.dirty = true;
    worker.wake.abort();
    worker.running ??= this.work(model, worker).finally(() => {
      worker.running = null;
      if (worker.dirty && !this.options.signal.aborted) this.look(model);
    });
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    await Promise.all([...this.workers.values()].map(({ running }) => running));
  }

  private async work(model: string, worker: Worker): Promise<void> {
    const { signal, retryMs, onFailure, onRetry } = this.options;
    const backoff = new Backoff({ firstMs: retryMs?.first, longestMs: retryMs?.longest });
    while (worker.dirty && !signal.aborted) {
      worker.dirty = false;
      worker.wake = new AbortController();
      const outcome = await this.turn(model, worker);
      if (!outcome) continue;
      worker.dirty = true;
      const waitMs = backoff.nextMs();
      if (outcome.standing) onFailure?.(outcome.standing, outcome.error, waitMs);
      else onRetry?.(`What stands for ${model} could not be read: ${reasonOf(outcome.error)}`, waitMs);
      await sleep(waitMs, AbortSignal.any([signal, worker.wake.signal]));
      if (worker.wake.signal.aborted) backoff.reset();
    }
  }

  /** Reads what stands there and applies it if it is not what was applied; what failed, if anything did. */
  private async turn(model: string, worker: Worker): Promise<{ standing: Standing | null; error: unknown } | null> {
    const { read, apply, onVacant, signal } = this.options;
    let standing: Standing | null = null;
    await this.enter();
    try {
      standing = await read(model);
      if (standing === null) {
        if (worker.occupied) onVacant?.(model);
        worker.applied = null;
      } else if (standing.versionId !== worker.applied?.versionId) {
        const previous = worker.applied;
        // a failed attempt may have done half of it, so whoever stands there next is applied, even the one before
        worker.applied = null;
        await apply(standing, previous);
        worker.applied = standing;
      }
      worker.occupied = standing !== null;
      return null;
    } catch (error) {
      worker.occupied ||= standing !== null;
      return signal.aborted ? null : { standing, error };
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
