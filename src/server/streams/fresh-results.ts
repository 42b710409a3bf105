import type { ExecutionResult } from "graphql";
import type { StreamMessage } from "../../store/events/event-stream.js";

interface Fresh {
  readonly eventId: string;
  readonly turn: number;
  readonly result: ExecutionResult;
}

/**
 * What was read of an event for one of the subscriptions that must get the same. To another it is as good as what it
 * would read itself, if that reading began after its message had come. Kept only while messages wait for their turn.
 */
export class FreshResults {
  private begun = 0;
  private waiting = 0;
  private last: Fresh | null = null;

  /** For a message that came and waits for its turn: what to look for results with, until it leaves. */
  come(): number {
    this.waiting++;
    return this.begun;
  }

  leave(): void {
    if (--this.waiting === 0) this.last = null;
  }

  resultSince(came: number, { event }: StreamMessage): ExecutionResult | null {
    const { last } = this;
    return last && last.turn > came && last.eventId === event?.id ? last.result : null;
  }

  async read(
    { event }: StreamMessage,
    execute: () => ExecutionResult | Promise<ExecutionResult>,
  ): Promise<ExecutionResult> {
    const turn = ++this.begun;
    const result = await execute();
    if (event && !result.errors && this.waiting > 0 && turn > (this.last?.turn ?? 0))
      this.last = { eventId: event.id, turn, result };
    return result;
  }
}
