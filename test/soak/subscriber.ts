import type { LogRow, Segment } from "../oracle/record.js";
import { placeOf } from "../oracle/record.js";
import type { ServerProcess } from "../support/server-process.js";

/** What a subscriber asks for, and, apart from the code under test, what of the table it is to be told. */
export interface Wish {
  readonly where: object;
  readonly wants: (row: LogRow) => boolean;
}

export const WISHES: readonly Wish[] = [
  { where: {}, wants: () => true },
  {
    where: { types: ["MODEL_VERSION_STAGE_CHANGED"], models: ["m-*"] },
    wants: ({ type, modelName }) => type === "model_version.stage_changed" && /^m-/.test(modelName ?? ""),
  },
  {
    where: { stages: ["PRODUCTION"] },
    wants: ({ fromStage, toStage }) => fromStage === "PRODUCTION" || toStage === "PRODUCTION",
  },
  { where: { aliases: ["a"] }, wants: ({ alias }) => alias === "a" },
  { where: { models: ["nobody"] }, wants: () => false },
];

const STREAM = /* GraphQL */ `
  subscription ($where: RegistryEventFilter, $after: String) {
    registryEvents(where: $where, after: $after) { cursor event { revision } }
  }
`;

/** Somebody who watches, leaves and comes back at any server, for as long as the soak goes on. */
export class Subscriber {
  readonly wish: Wish;
  readonly segments: Segment[] = [];
  resumes = 0;
  private cursor: string | null;

  constructor(wish: Wish, cursor: string) {
    this.wish = wish;
    this.cursor = cursor;
  }

  get place(): number {
    const last = this.segments.at(-1);
    return last ? placeOf(last) : -1;
  }

  /** One stream, until the time is up, it has come to a place, or it breaks off. */
  async follow(server: ServerProcess, ms: number, enough: () => boolean): Promise<void> {
    const after = this.cursor;
    const stream = server.watch(STREAM, { where: this.wish.where, after });
    const timer = setTimeout(() => void stream.return?.(), ms);
    let segment: Segment | null = null;
    try {
      for await (const { data, errors } of stream) {
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
        // now and then somebody reads slowly
        if (Math.random() < 0.02) await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
      }
    } catch {
      // the server was killed, or is not there: that is what the soak is about
    } finally {
      clearTimeout(timer);
      await stream.return?.();
    }
  }

  private refused(code: string): void {
    if (code === "HISTORY_COMPACTED") this.cursor = null;
    else if (code !== "UNAVAILABLE") throw new Error(`A stream was refused: ${code}`);
  }
}
