import { MessageType, parseMessage } from "graphql-ws";

interface GuardOptions {
  handle(text: string): Promise<void>;
  /** Called with an id that was given to two at once, which must close the socket (graphql-transport-ws, Subscribe). */
  refuse(id: string): void;
  fail(error: unknown): void;
}

/** One that waits for the operation before it of the same id. */
interface Next {
  readonly text: string;
  /** It is over, or was completed before it began. */
  over(): void;
}

const DONE = Promise.resolve();

/**
 * Passes the messages of a socket on. A client may give the id of an operation that it has completed to another at once;
 * graphql-ws knows operations by their ids alone, and would take what the former still does for the other's. So the other
 * begins when the former is over.
 */
export class IdReuseGuard {
  private readonly options: GuardOptions;
  /** By id; with a place for what is to follow once the client has completed it. */
  private readonly running = new Map<string, { next: Next | null } | null>();

  constructor(options: GuardOptions) {
    this.options = options;
  }

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Resolves when it has been dealt with: one that asks for an operation, when that is over. */
  handle(text: string): Promise<void> {
    const { type, id } = read(text);
    const known = this.running.get(id);
    if (type === MessageType.Subscribe) {
      if (known === undefined) return this.run(id, text);
      if (known && known.next === null)
        return new Promise((over) => {
          known.next = { text, over };
        });
      this.options.refuse(id);
      return DONE;
    }
    if (type === MessageType.Complete) {
      if (known?.next) {
        known.next.over();
        known.next = null;
        return DONE;
      }
      if (known === null) this.running.set(id, { next: null });
    }
    return this.options.handle(text).catch((error: unknown) => this.options.fail(error));
  }

  private run(id: string, text: string): Promise<void> {
    this.running.set(id, null);
    return this.options.handle(text).then(
      () => this.over(id),
      (error: unknown) => {
        this.options.fail(error);
        this.over(id);
      },
    );
  }

  private over(id: string): void {
    const next = this.running.get(id)?.next ?? null;
    this.running.delete(id);
    if (next) void this.run(id, next.text).then(next.over);
  }
}

/** What is no message of the protocol is for graphql-ws to refuse. */
function read(text: string): { type: MessageType | null; id: string } {
  try {
    const message = parseMessage(text);
    return { type: message.type, id: "id" in message ? message.id : "" };
  } catch {
    return { type: null, id: "" };
  }
}
