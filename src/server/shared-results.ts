import { createHash } from "node:crypto";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { actorKey } from "../domain/actor.js";
import type { GraphQLContext } from "../graphql/context.js";
import type { StreamMessage } from "../store/event-stream.js";
import { describeMessages } from "./message-documents.js";

/** The results of the last messages, over all subscriptions; what is said of a large event is not kept. */
const KEPT = 256;
const KEPT_CHARACTERS = 16_000;

/** What is said of an event to the subscriptions that must get the same. */
export interface SharingGroup {
  resultOf(message: StreamMessage): ExecutionResult | undefined;
  /** Only of what was executed without waiting: it asked no database, so that it comes of the event alone, which never changes. */
  keep(message: StreamMessage, result: ExecutionResult): void;
}

/**
 * Results that hold for all subscriptions of the same document and variables by viewers of the same rights, so that each
 * message is executed once for all of them.
 */
export class SharedResults {
  private readonly results = new Map<string, ExecutionResult>();

  groupOf(args: ExecutionArgs): SharingGroup {
    const { results } = this;
    const key = keyOf(args);
    return {
      resultOf: ({ cursor, event }) => (event ? results.get(`${cursor} ${key}`) : undefined),
      keep({ cursor, event }, result) {
        if (!event || event.body.length > KEPT_CHARACTERS || result.errors) return;
        results.set(`${cursor} ${key}`, result);
        const [oldest] = results.keys();
        if (oldest !== undefined && results.size > KEPT) results.delete(oldest);
      },
    };
  }
}

/** Equal for subscriptions whose answers to an event are equal. */
function keyOf(args: ExecutionArgs): string {
  const { operationName, variableValues, contextValue } = args;
  const { actor, scopes, modelGlobs, experimentGlobs, environmentGlobs } = (contextValue as GraphQLContext).viewer;
  const { id, variables } = describeMessages(args);
  const given = variables.map((name) => variableValues?.[name]);
  const rights = [actorKey(actor), [...scopes].sort(), modelGlobs, experimentGlobs, environmentGlobs];
  return createHash("sha256")
    .update(JSON.stringify([id, operationName, given, rights]))
    .digest("base64");
}
