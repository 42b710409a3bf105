import { checkRecord, type LogRow, positionOf, type Segment, type Verdict } from "../oracle/record.js";
import type { ServerProcess } from "../support/process/server-process.js";
import type { GraphQLAnswer } from "../support/server.js";
import { type Cluster, sleep } from "./cluster.js";

/** The filter of a subscriber, and, independent of the code under test, the rows of the table that it must receive. */
export interface Wish {
  readonly where: object;
  readonly wants: (row: LogRow) => boolean;
}

export const EVERYTHING: Wish = { where: {}, wants: () => true };

/** Filters for events of the models whose names begin with the prefix. */
export function wishesFor(prefix = ""): readonly Wish[] {
  const isOwn = ({ modelName }: LogRow) => modelName?.startsWith(prefix) === true;
  const models = [`${prefix}*`];
  return [
    { where: { models }, wants: isOwn },
    {
      where: { types: ["MODEL_VERSION_STAGE_CHANGED"], models: [`${prefix}m-*`] },
      wants: ({ type, modelName }) =>
        type === "model_version.stage_changed" && modelName?.startsWith(`${prefix}m-`) === true,
    },
    {
      where: { stages: ["PRODUCTION"], models },
      wants: (row) => isOwn(row) && (row.fromStage === "PRODUCTION" || row.toStage === "PRODUCTION"),
    },
    { where: { aliases: ["a"], models }, wants: (row) => isOwn(row) && row.alias === "a" },
    { where: { models: [`${prefix}nobody`] }, wants: () => false },
  ];
}

const LATE_MS = 600_000;

/** A refusal is an answer. Any other error means that the server was killed, which this test expects. */
function refusalOrNull(error: unknown): IteratorResult<GraphQLAnswer> | null {
  return Array.isArray(error) ? { value: { errors: error } as GraphQLAnswer } : null;
}

const STREAM = /* GraphQL */ `
  subscription ($where: RegistryEventFilter, $after: String) {
    registryEvents(where: $where, after: $after) { cursor event { revision } }
  }
`;

/** A subscriber that watches, leaves, and comes back at any server. */
export class Subscriber {
  readonly wish: Wish;
  readonly segments: Segment[] = [];
  resumes = 0;
  private cursor: string | null;
  private stream: AsyncIterableIterator<GraphQLAnswer> | null = null;

  constructor(wish: Wish, cursor: string) {
    this.wish = wish;
    this.cursor = cursor;
  }

  get position(): number {
    const last = this.segments.at(-1);
    return last ? positionOf(last) : -1;
  }

  /** Watches at any server, and at another one when it is killed, until it has enough. */
  async watch(cluster: Cluster, enough: () => boolean): Promise<void> {
    while (!enough()) {
      const server = await cluster.living();
      if (!enough()) await this.follow(server, enough);
      await sleep(Math.random() * 50);
    }
  }

  /** Watches until it has reached the end, but not for ever: a broken stream may be silent. */
  async catchUp(cluster: Cluster, end: number): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.leave();
    }, LATE_MS);
    await this.watch(cluster, () => this.position >= end || isLate);
    clearTimeout(timer);
  }

  /** Checks whether it received what the table holds up to the end. */
  check(table: readonly LogRow[], end: number): Verdict {
    const verdict = checkRecord(table, this.wish.wants, this.segments, end);
    if (this.position >= end) return verdict;
    return { ...verdict, faults: [...verdict.faults, `late: reached ${this.position} of ${end}, and no more`] };
  }

  /** Ends its stream. */
  leave(): void {
    void this.stream?.return?.();
  }

  /** Follows one stream until it has enough, the stream breaks off, or the subscriber leaves. */
  async follow(server: ServerProcess, enough: () => boolean): Promise<void> {
    const after = this.cursor;
    const stream = server.watch(STREAM, { where: this.wish.where, after });
    this.stream = stream;
    let segment: Segment | null = null;
    try {
      for (;;) {
        const next = await stream.next().catch(refusalOrNull);
        if (!next || next.done) return;
        const { data, errors } = next.value;
        if (errors?.[0]) return this.refused(errors[0].extensions.code);
        const { cursor, event } = data.registryEvents as { cursor: string; event: object | null };
        const revision = Number(Buffer.from(cursor, "base64url").toString().split(".")[1]);
        if (!segment) {
          segment = { start: revision, isAnew: after === null, messages: [] };
          this.segments.push(segment);
          this.resumes++;
        }
        segment.messages.push({ revision, isEvent: event !== null });
        this.cursor = cursor;
        if (enough()) return;
        // sometimes the subscriber is slow
        if (Math.random() < 0.02) await sleep(Math.random() * 200);
      }
    } finally {
      this.stream = null;
      await stream.return?.();
    }
  }

  private refused(code: string): void {
    if (code === "HISTORY_COMPACTED") this.cursor = null;
    else if (code !== "UNAVAILABLE") throw new Error(`A stream was refused: ${code}`);
  }
}
