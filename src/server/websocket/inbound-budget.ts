import type { MemoryBudget } from "../limits/memory-budget.js";
import { CLOSE_GRACE_MS, MESSAGE_TOO_BIG, TRY_AGAIN_LATER } from "./close-codes.js";
import type { SocketClient } from "./socket-client.js";

/** Messages that are no longer than this are not counted: all sockets together may hold as much of them. */
const SHORT = 64 * 1024;
/** What a control frame of a client has besides what it says (RFC 6455 §5.2): it comes between pieces of a message. */
const CONTROL_BYTES = 6;

interface InboundLimits {
  readonly memory: MemoryBudget;
  /** What a socket may send before it has said whose it is. */
  readonly greetingBytes: number;
}

/**
 * What a socket has sent and nobody has dealt with. Closes those that send more than a token before they have said whose
 * they are, and then those that send more than their principal may have held: messages that never become whole, on as
 * many sockets as one opens, and long ones that wait for their turn.
 */
export class InboundBudget {
  private readonly client: SocketClient;
  private readonly limits: InboundLimits;
  private received = 0;
  private counted = 0;

  constructor(client: SocketClient, limits: InboundLimits) {
    this.client = client;
    this.limits = limits;
  }

  /**
   * From the network, before ws reads them, so that a message is counted as a whole when it is told; also while the socket
   * closes, for then ws goes on to hold what comes.
   */
  receive(bytes: number): void {
    const { viewer } = this.client;
    const { memory, greetingBytes } = this.limits;
    this.received += bytes;
    if (viewer === null) {
      if (this.received > greetingBytes)
        this.refuse(MESSAGE_TOO_BIG, `More than ${greetingBytes} bytes before connection_init`);
      return;
    }
    if (this.received <= SHORT) return;
    const more = Math.max(0, this.received - this.counted);
    if (memory.tryAcquire(viewer.actor, more)) this.counted += more;
    else this.refuse(TRY_AGAIN_LATER, TOO_MUCH);
  }

  /** A ping or a pong was told: its bytes were of no message. */
  discountControlFrame(said: number): void {
    this.received = Math.max(0, this.received - said - CONTROL_BYTES);
  }

  /** A message is whole, or will never be; of whoever is not known yet all counts that was sent. */
  release(): void {
    const { viewer } = this.client;
    if (viewer === null) return;
    this.limits.memory.release(viewer.actor, this.counted);
    this.received = 0;
    this.counted = 0;
  }

  /** Deals with a message, which counts until it is done with. Closes the socket without room for it. */
  handle(bytes: number, deal: () => Promise<void>): void {
    this.release();
    const { viewer } = this.client;
    const { memory } = this.limits;
    if (viewer === null || bytes <= SHORT) void deal();
    else if (memory.tryAcquire(viewer.actor, bytes)) void deal().finally(() => memory.release(viewer.actor, bytes));
    else this.refuse(TRY_AGAIN_LATER, TOO_MUCH);
  }

  private refuse(code: number, reason: string): void {
    const { socket } = this.client;
    socket.close(code, reason);
    socket.pause();
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }
}

const TOO_MUCH = "More is held of yours than the server can";
