import type { MemoryBudget } from "../limits/memory-budget.js";
import { CLOSE_GRACE_MS, MESSAGE_TOO_BIG, TRY_AGAIN_LATER } from "./close-codes.js";
import type { SocketClient } from "./socket-client.js";

/** Messages up to this length are not counted: those of all sockets together stay small. */
const UNCOUNTED_BYTES = 64 * 1024;
/** The length of a client's control frame without its payload (RFC 6455 §5.2). It may come between parts of a message. */
const CONTROL_FRAME_BYTES = 6;

interface InboundLimits {
  readonly memory: MemoryBudget;
  /** How many bytes a socket may send before its token is verified. */
  readonly greetingBytes: number;
}

/**
 * Bounds what a socket has sent and the server has not processed. Before its token is verified a socket may send little
 * more than a token. Afterwards its bytes count in the memory budget of its actor. Both close sockets that exceed them:
 * with messages that never end, on however many sockets, or with long messages that wait in the queue.
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
   * Counts bytes from the network before ws reads them, so that a whole message is counted when ws emits it. Also counts
   * while the socket closes, because ws buffers what comes until the end.
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
    if (this.received <= UNCOUNTED_BYTES) return;
    const more = Math.max(0, this.received - this.counted);
    if (memory.tryAcquire(viewer.actor, more)) this.counted += more;
    else this.refuse(TRY_AGAIN_LATER, OVER_BUDGET);
  }

  /** Subtracts a ping or pong, which is not a part of a message. */
  discountControlFrame(payloadBytes: number): void {
    this.received = Math.max(0, this.received - payloadBytes - CONTROL_FRAME_BYTES);
  }

  /** Releases the bytes of a message that is complete, or that never will be. Before the token is verified all bytes keep counting. */
  release(): void {
    const { viewer } = this.client;
    if (viewer === null) return;
    this.limits.memory.release(viewer.actor, this.counted);
    this.received = 0;
    this.counted = 0;
  }

  /** Processes a complete message, which counts until that is done. Closes the socket if the budget has no room for it. */
  handle(bytes: number, work: () => Promise<void>): void {
    this.release();
    const { viewer } = this.client;
    const { memory } = this.limits;
    if (viewer === null || bytes <= UNCOUNTED_BYTES) void work();
    else if (memory.tryAcquire(viewer.actor, bytes)) void work().finally(() => memory.release(viewer.actor, bytes));
    else this.refuse(TRY_AGAIN_LATER, OVER_BUDGET);
  }

  private refuse(code: number, reason: string): void {
    const { socket } = this.client;
    socket.close(code, reason);
    socket.pause();
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }
}

const OVER_BUDGET = "Too many bytes of yours wait to be processed";
