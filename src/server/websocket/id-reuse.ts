import { MessageType, parseMessage } from "graphql-ws";
import { parseJson } from "../../util/exact-json.js";

/** What a client sent in one message. */
export interface Received {
  /** A message of the protocol, parsed; the text of what is none. */
  readonly content: unknown;
  readonly bytes: number;
}

interface GuardOptions {
  handle(received: Received): Promise<void>;
  /** Called with an id that two operations use at once, which must close the socket (graphql-transport-ws, Subscribe). */
  refuse(id: string): void;
  fail(error: unknown): void;
}

/** An operation that waits until the one before it under the same id is over. */
interface Next {
  readonly received: Received;
  /** Called when it is over, or when it was completed before it began. */
  over(): void;
}

const DONE = Promise.resolve();

/**
 * Passes the messages of a socket on to graphql-ws, and holds an operation back while the one before it under the same id
 * is still ending. A client may use an id again as soon as it has completed it, but graphql-ws knows operations only by
 * their ids, and would send what the old one still yields as results of the new one. No library covers this.
 */
export class IdReuseGuard {
  private readonly options: GuardOptions;
  /** By id. An entry is an object once the client has completed its operation, with room for the next one. */
  private readonly running = new Map<string, { next: Next | null } | null>();

  constructor(options: GuardOptions) {
    this.options = options;
  }

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Resolves when the message is processed, and for an operation when that is over. */
  handle(text: string): Promise<void> {
    const { type, id, received } = parse(text);
    const known = this.running.get(id);
    if (type === MessageType.Subscribe) {
      if (known === undefined) return this.run(id, received);
      if (known && known.next === null)
        return new Promise((over) => {
          known.next = { received, over };
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
    return this.options.handle(received).catch((error: unknown) => this.options.fail(error));
  }

  private run(id: string, received: Received): Promise<void> {
    this.running.set(id, null);
    return this.options.handle(received).then(
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
    if (next) void this.run(id, next.received).then(next.over);
  }
}

/** Text that is not a message of the protocol passes, for graphql-ws to refuse. */
function parse(text: string): { type: MessageType | null; id: string; received: Received } {
  const bytes = Buffer.byteLength(text);
  try {
    const message = parseMessage(parseJson(text));
    return { type: message.type, id: "id" in message ? message.id : "", received: { content: message, bytes } };
  } catch (error) {
    // what has too many numbers must not be parsed as if it had none
    const content = error instanceof RangeError ? "" : text;
    return { type: null, id: "", received: { content, bytes } };
  }
}
