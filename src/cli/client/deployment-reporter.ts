import { Backoff, sleep } from "../../client/backoff.js";
import { Connection, type ConnectionOptions, reasonOf } from "../../client/connection.js";
import { REPORT_DEPLOYMENT } from "../../client/documents.js";
import type { Place } from "../../client/reconcile-options.js";
import { mayRetry } from "../../client/watch.js";

const ATTEMPTS = 5;

export interface DeploymentOutcome {
  readonly modelName: string;
  readonly follows: Place | null;
  /** The version that runs now; null if that is unknown. */
  readonly running: number | null;
  readonly state: "RUNNING" | "FAILED";
  readonly message: string | null;
  readonly cursor: string | null;
}

/** Reports to the registry what runs in an environment. The default endpoint is the model's name. */
export class DeploymentReporter {
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

  /** Makes up to five attempts. The caller only logs a failure, since the deployment itself is done. */
  async report(outcome: DeploymentOutcome, signal: AbortSignal): Promise<void> {
    const input = this.inputOf(outcome);
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

  private inputOf({ modelName, follows, running, state, message, cursor }: DeploymentOutcome): object {
    const version = { number: { model: modelName, number: running } };
    return {
      environment: this.environment,
      endpoint: this.endpoint ?? modelName,
      model: { name: modelName },
      follows,
      running: running === null ? [] : [{ version }],
      state,
      message,
      observedCursor: cursor,
      observedAt: new Date().toISOString(),
    };
  }
}
