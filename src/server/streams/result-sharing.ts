import { createHash } from "node:crypto";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { actorKey, type Viewer } from "../../domain/access/actor.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { describeMessages } from "./document-analysis.js";
import { FreshResults } from "./fresh-results.js";

/** The results of the last messages, over all subscriptions; what is said of a large event is not kept. */
const KEPT = 256;
const KEPT_CHARACTERS = 16_000;

/** The subscriptions that must get the same of each event: one for all of them while any is open. */
export interface SharingGroup {
  readonly key: string;
  /** Of what asks the database. */
  readonly fresh: FreshResults;
  members: number;
}

type Asked = Pick<ExecutionArgs, "schema" | "document" | "operationName" | "variableValues">;

/**
 * Results that hold for all subscriptions of the same document and variables by one principal with the same rights, so
 * that each message is executed once for all of them.
 */
export class SharedResults {
  private readonly groups = new Map<string, SharingGroup>();
  /** By the event's id, the oldest first. */
  private readonly results = new Map<string, Map<SharingGroup, ExecutionResult>>();
  private count = 0;

  /** For a subscription that opens; it leaves when it ends. */
  join(asked: Asked, viewer: Viewer): SharingGroup {
    const key = keyOf(asked, viewer);
    const group = this.groups.get(key) ?? { key, fresh: new FreshResults(), members: 0 };
    this.groups.set(key, group);
    group.members++;
    return group;
  }

  leave(group: SharingGroup): void {
    if (--group.members === 0) this.groups.delete(group.key);
  }

  resultOf(group: SharingGroup, { event }: StreamMessage): ExecutionResult | undefined {
    return event ? this.results.get(event.id)?.get(group) : undefined;
  }

  /** Only of what was executed without waiting: it asked no database, so that it comes of the event alone, which never changes. */
  keep(group: SharingGroup, { event }: StreamMessage, result: ExecutionResult): void {
    if (!event || event.body.length > KEPT_CHARACTERS || result.errors) return;
    const ofEvent = this.results.get(event.id) ?? new Map<SharingGroup, ExecutionResult>();
    if (ofEvent.has(group)) return;
    this.results.set(event.id, ofEvent.set(group, result));
    this.count++;
    for (const [id, { size }] of this.results) {
      if (this.count <= KEPT) return;
      this.results.delete(id);
      this.count -= size;
    }
  }
}

/** Equal for subscriptions whose answers to an event are equal. */
function keyOf(asked: Asked, { actor, scopes, modelGlobs, experimentGlobs, environmentGlobs }: Viewer): string {
  const { operationName, variableValues } = asked;
  const { id, variables } = describeMessages(asked);
  // null is not what a default stands for
  const given = variables.map((name) => (Object.hasOwn(variableValues ?? {}, name) ? [variableValues?.[name]] : []));
  const rights = [actorKey(actor), [...scopes].sort(), modelGlobs, experimentGlobs, environmentGlobs];
  return createHash("sha256")
    .update(JSON.stringify([id, operationName, given, rights]))
    .digest("base64");
}
