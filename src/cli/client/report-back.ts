import { Backoff, sleep } from "../../client/backoff.js";
import { Connection, type ConnectionOptions, reasonOf } from "../../client/connection.js";
import { REPORT_DEPLOYMENT } from "../../client/documents.js";
import type { Place } from "../../client/reconcile-options.js";
import { mayRetry } from "../../client/watch.js";

const ATTEMPTS = 5;

export interface Outcome {
  readonly modelName: string;
  readonly follows: Place | null;
  /** The version that runs now, as far as is known. */
  readonly running: number | null;
  readonly state: "RUNNING" | "FAILED";
  readonly message: string | null;
  readonly cursor: string | null;
}

/** Tells the registry what an environment really runs. The endpoint is the model's name unless another was given. */
export class ReportBack {
  private readonly options: ConnectionOptions;
  private readonly environment: string;
  private readonly endpoint: string | undefined;
  private readonly connection: Connection;

  constructor(options: ConnectionOptions, environment: string, endpoint: string | undefined) {
    this.options = options;
    this.environment = environment;
    this.endpoint = endpoint;
    this.connection = new Connection(options);
  }

  /** Tries a few times; what cannot be told in the end is the caller's to say, since the work itself was done. */
  async report({ modelName, follows, running, state, message, cursor }: Outcome, signal: AbortSignal): Promise<void> {
    const version = { number: { model: modelName, number: running } };
    const input = {
      ...{ environment: this.environment, endpoint: this.endpoint ?? modelName, model: { name: modelName }, follows },
      ...{ running: running === null ? [] : [{ version }], state, message, observedCursor: cursor },
      observedAt: new Date().toISOString(),
    };
    const backoff = new Backoff();
    for (let attempt = 1; ; attempt++) {
      try {
        await this.connection.request(REPORT_DEPLOYMENT, { input });
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted || !mayRetry(error, this.options)) {
          throw new Error(`The deployment could not be reported: ${reasonOf(error)}`);
        }
        await sleep(backoff.nextMs(), signal);
      }
    }
  }
}
