import { MessageType, parseMessage } from "graphql-ws";

type Handle = (text: string) => Promise<void>;

/**
 * Passes the messages of a socket on. A client may give the id of an operation that it has completed to another at once;
 * graphql-ws knows operations by their ids alone, and would take what the former still does for the other's. So the other
 * begins when the former is over.
 *
 * @param refuse is called with an id that was given to two at once, which must close the socket (graphql-transport-ws,
 * Subscribe).
 */
export function oneAfterTheOther(handle: Handle, refuse: (id: string) => void): Handle {
  const running = new Set<string>();
  const completed = new Set<string>();
  const held = new Map<string, string>();

  async function run(id: string, text: string): Promise<void> {
    running.add(id);
    await handle(text).finally(() => {
      running.delete(id);
      completed.delete(id);
    });
    const next = held.get(id);
    held.delete(id);
    if (next !== undefined) await run(id, next);
  }

  return async (text) => {
    const { type, id } = read(text);
    if (type === MessageType.Subscribe) {
      if (!running.has(id)) return run(id, text);
      if (!completed.has(id) || held.has(id)) return refuse(id);
      return void held.set(id, text);
    }
    if (type === MessageType.Complete) {
      if (held.delete(id)) return;
      if (running.has(id)) completed.add(id);
    }
    return handle(text);
  };
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
