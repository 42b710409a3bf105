import type { Connection } from "./connection.js";

export interface StageChange {
  readonly revision: number;
  readonly from: string;
  readonly to: string;
  readonly modelName: string;
  readonly versionNumber: number;
  readonly reason: string | null;
  readonly actor: { readonly subject: string };
  readonly onBehalfOf: { readonly subject: string } | null;
}

interface Message {
  readonly data?: { readonly stageChanged: { readonly cursor: string; readonly event: StageChange | null } };
  readonly errors?: readonly { readonly message: string }[];
}

const STAGE_CHANGED = /* GraphQL */ `
  subscription ($models: [String!]!) {
    stageChanged(where: { models: $models }) {
      cursor
      event { revision from to modelName versionNumber reason actor { subject } onBehalfOf { subject } }
    }
  }
`;

const PATIENCE_MS = 120_000;

/** Watches a model's stage changes from now on, and prints each as it arrives. */
export class StageWatch {
  private readonly messages: AsyncIterator<unknown>;

  private constructor(messages: AsyncIterator<unknown>) {
    this.messages = messages;
  }

  /** Resolves once the server has said from where it tells: nothing that happens later is missed. */
  static async open(connection: Connection, model: string): Promise<StageWatch> {
    const watch = new StageWatch(connection.watch(STAGE_CHANGED, { models: [model] }));
    if ((await watch.read()) !== null) throw new Error("The first message of the stream was not a bookmark.");
    return watch;
  }

  async expect(expected: Pick<StageChange, "versionNumber" | "from" | "to">): Promise<void> {
    let event = await this.read();
    while (event === null) event = await this.read();
    const by = event.onBehalfOf ? `, by ${event.actor.subject} on behalf of ${event.onBehalfOf.subject}` : "";
    console.log(
      `  ◂ live  r${event.revision}  ${event.modelName} v${event.versionNumber}  ${event.from} → ${event.to}  (${event.reason ?? "no reason given"}${by})`,
    );
    for (const key of ["versionNumber", "from", "to"] as const) {
      if (event[key] !== expected[key])
        throw new Error(`The watcher was told ${key} ${event[key]}, not ${expected[key]}.`);
    }
  }

  private async read(): Promise<StageChange | null> {
    const late = new Promise<never>((_, reject) =>
      setTimeout(
        () => reject(new Error(`The watcher was told nothing for ${PATIENCE_MS / 1000} s.`)),
        PATIENCE_MS,
      ).unref(),
    );
    const { value, done } = await Promise.race([this.messages.next(), late]);
    const message = value as Message;
    if (done || !message.data)
      throw new Error(`The stream ended: ${message?.errors?.[0]?.message ?? "no reason given"}`);
    return message.data.stageChanged.event;
  }
}
