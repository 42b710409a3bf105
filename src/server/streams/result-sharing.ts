import { createHash } from "node:crypto";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { actorKey, type Viewer } from "../../domain/access/actor.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { analyzeDocument } from "./document-analysis.js";

/** How many results are kept, over all subscriptions. A result of a large event is not kept. */
const MAX_RESULTS = 256;
const MAX_EVENT_CHARACTERS = 16_000;

/** Subscriptions that must get the same result of each event. The group exists while one of them is open. */
export interface SharingGroup {
  readonly key: string;
  readonly reads: SharedReads;
  members: number;
}

type Operation = Pick<ExecutionArgs, "schema" | "document" | "operationName" | "variableValues">;

/**
 * Lets subscriptions reuse results: a message is executed once for all of the same document and variables by one
 * actor with the same rights. What comes from an event alone is kept here by event; what reads the database is
 * shared by the group's `SharedReads`, among the messages that wait at the same time.
 */
export class ResultSharing {
  private readonly groups = new Map<string, SharingGroup>();
  /** By the id of the event, the oldest first. */
  private readonly results = new Map<string, Map<SharingGroup, ExecutionResult>>();
  private count = 0;

  /** For a subscription that opens. It must leave when it ends. */
  join(operation: Operation, viewer: Viewer): SharingGroup {
    const key = groupKey(operation, viewer);
    const group = this.groups.get(key) ?? { key, reads: new SharedReads(), members: 0 };
    this.groups.set(key, group);
    group.members++;
    return group;
  }

  leave(group: SharingGroup): void {
    if (--group.members === 0) this.groups.delete(group.key);
  }

  find(group: SharingGroup, { event }: StreamMessage): ExecutionResult | undefined {
    return event ? this.results.get(event.id)?.get(group) : undefined;
  }

  /** Only for a result that came without waiting: it read no database, so it depends on the event alone, which never changes. */
  keep(group: SharingGroup, { event }: StreamMessage, result: ExecutionResult): void {
    if (!event || event.body.length > MAX_EVENT_CHARACTERS || result.errors) return;
    const ofEvent = this.results.get(event.id) ?? new Map<SharingGroup, ExecutionResult>();
    if (ofEvent.has(group)) return;
    this.results.set(event.id, ofEvent.set(group, result));
    this.count++;
    for (const [id, { size }] of this.results) {
      if (this.count <= MAX_RESULTS) return;
      this.results.delete(id);
      this.count -= size;
    }
  }
}

/** Equal for subscriptions whose results of an event are equal. */
function groupKey(operation: Operation, viewer: Viewer): string {
  const { actor, scopes, groups, modelGlobs, experimentGlobs, environmentGlobs } = viewer;
  const { operationName, variableValues } = operation;
  const { id, variables } = analyzeDocument(operation);
  // a variable that is null differs from an absent one, which has its default
  const values = variables.map((name) => (Object.hasOwn(variableValues ?? {}, name) ? [variableValues?.[name]] : []));
  const rights = [actorKey(actor), [...scopes].sort(), groups, modelGlobs, experimentGlobs, environmentGlobs];
  return createHash("sha256")
    .update(JSON.stringify([id, operationName, values, rights]))
    .digest("base64");
}

interface Read {
  readonly eventId: string;
  readonly number: number;
  readonly result: ExecutionResult;
}

/**
 * The last result of a group that was read from the database. A message may reuse it if the read started after the
 * message arrived: its own read would not be fresher. It is kept only while messages of the group wait.
 */
export class SharedReads {
  private started = 0;
  private waiting = 0;
  private last: Read | null = null;

  /** For a message that arrives. Returns what to look for results with. It must leave when it is done. */
  arrive(): number {
    this.waiting++;
    return this.started;
  }

  leave(): void {
    if (--this.waiting === 0) this.last = null;
  }

  findSince(arrival: number, { event }: StreamMessage): ExecutionResult | null {
    const { last } = this;
    return last && last.number > arrival && last.eventId === event?.id ? last.result : null;
  }

  async read(
    { event }: StreamMessage,
    execute: () => ExecutionResult | Promise<ExecutionResult>,
  ): Promise<ExecutionResult> {
    const number = ++this.started;
    const result = await execute();
    if (event && !result.errors && this.waiting > 0 && number > (this.last?.number ?? 0))
      this.last = { eventId: event.id, number, result };
    return result;
  }
}
