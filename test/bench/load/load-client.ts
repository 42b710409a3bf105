import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface JobRequest {
  readonly body: string;
  readonly answer?: string;
  /** Absent = POST. */
  readonly method?: string;
  /** Absent = the path of the job's address. */
  readonly path?: string;
}

/** What is sent to one server, and what must come back. */
export interface Job {
  readonly url: string;
  readonly token: string;
  /** How many requests are under way at a time, each on a kept connection. */
  readonly connections: number;
  /** Sent one after the other, and again from the first. Without a pattern each has its answer. */
  readonly requests: readonly JobRequest[];
  /** A regular expression for the whole of each answer. */
  readonly pattern?: string;
  /** Whether @N@ in a body stands for the number of the request. */
  readonly serial?: boolean;
}

export interface LoadResult {
  readonly ms: number;
  /** The time of each answer in milliseconds. */
  readonly times: readonly number[];
}

/** To the call of this id. */
interface Reply {
  readonly id: number;
  readonly error?: string;
  readonly result?: LoadResult;
}

/** The process that sends requests. A wrong or refused answer rejects the round. */
export class LoadClient {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL("./client.mjs", import.meta.url)));
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private jobs = 0;
  private calls = 0;

  constructor() {
    this.child.on("message", (reply: Reply) => this.waiting.get(reply.id)?.(reply));
  }

  /** Hands over a job. Returns what runs it for so many milliseconds, from where it last stopped. */
  async prepare(job: Job): Promise<(ms: number) => Promise<LoadResult>> {
    const name = this.jobs++;
    await this.call({ name, job });
    return async (ms) => (await this.call({ name, ms })) as LoadResult;
  }

  close(): void {
    this.child.disconnect();
  }

  private call(message: { name: number; job?: Job; ms?: number }): Promise<LoadResult | undefined> {
    const id = this.calls++;
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error("The process that sends requests has ended."));
      this.child.once("exit", onExit);
      this.waiting.set(id, ({ error, result }) => {
        this.waiting.delete(id);
        this.child.off("exit", onExit);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      this.child.send({ id, ...message });
    });
  }
}
