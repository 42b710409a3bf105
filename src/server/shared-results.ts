import { createHash } from "node:crypto";
import {
  type ASTNode,
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  Kind,
  visit,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { actorKey } from "../domain/actor.js";
import type { GraphQLContext } from "../graphql/context.js";
import type { StreamMessage } from "../store/event-stream.js";

/** The results of the last messages, over all subscriptions; what is said of a large event is not kept. */
const KEPT = 256;
const KEPT_CHARACTERS = 16_000;

/**
 * Executes each message of a stream once for all subscriptions that must get the same: those of the same document and
 * variables, by viewers of the same rights. Only what was executed without waiting is shared: it asked no database, so
 * that it comes of the event alone, which never changes.
 */
export function useSharedResults(): Plugin {
  const results = new Map<string, ExecutionResult>();

  function tell(args: ExecutionArgs, group: string, message: StreamMessage) {
    const key = `${message.cursor} ${group}`;
    const known = message.event && results.get(key);
    if (known) return known;
    const result = execute({ ...args, rootValue: message });
    if (!message.event || "then" in result || result.errors) return result;
    if (message.event.body.length > KEPT_CHARACTERS) return result;
    results.set(key, result);
    const [oldest] = results.keys();
    if (oldest !== undefined && results.size > KEPT) results.delete(oldest);
    return result;
  }

  async function subscribe(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const source = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) return source;
    const group = groupOf(args);
    return mapStream(source as AsyncIterable<StreamMessage>, (message) => tell(args, group, message));
  }

  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe as never) };
}

/** Not a generator: the end of one that waits for its next message would wait for that message, too. */
function mapStream<From, To>(source: AsyncIterable<From>, map: (value: From) => To | Promise<To>) {
  const values = source[Symbol.asyncIterator]();
  const mapped = ({ value, done }: IteratorResult<From>) => {
    if (done) return END;
    const told = map(value);
    return told instanceof Promise ? told.then(toResult<To>) : toResult(told as To);
  };
  return {
    next: (): Promise<IteratorResult<To>> => values.next().then(mapped),
    async return(): Promise<IteratorResult<To>> {
      await values.return?.();
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const END = { value: undefined, done: true } as const;
const toResult = <T>(value: T) => ({ value, done: false as const });

interface Known {
  readonly id: number;
  /** What the document says of a message by: those of its own field's arguments choose messages, and say nothing of one. */
  readonly variables: readonly string[];
}

/** By the documents themselves: the same text is parsed once. */
const known = new WeakMap<DocumentNode, Known>();
let documents = 0;

function describe(document: DocumentNode): Known {
  const described = known.get(document) ?? { id: documents++, variables: variablesOfMessages(document) };
  known.set(document, described);
  return described;
}

function variablesOfMessages(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (_node, _key, _parent, _path, ancestors) => (isOfRootField(ancestors) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}

/** Below a document, its definitions, an operation, a selection set, its selections and a field. */
function isOfRootField([, , operation, , , field, ...below]: readonly (ASTNode | readonly ASTNode[])[]): boolean {
  const isA = (node: typeof field, kind: Kind) => node !== undefined && "kind" in node && node.kind === kind;
  return isA(operation, Kind.OPERATION_DEFINITION) && isA(field, Kind.FIELD) && below.length === 0;
}

/** Equal for subscriptions whose answers to an event are equal. */
function groupOf({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const { actor, scopes, modelGlobs, experimentGlobs, environmentGlobs } = (contextValue as GraphQLContext).viewer;
  const { id, variables } = describe(document);
  const given = variables.map((name) => variableValues?.[name]);
  const rights = [actorKey(actor), [...scopes].sort(), modelGlobs, experimentGlobs, environmentGlobs];
  return createHash("sha256")
    .update(JSON.stringify([id, operationName, given, rights]))
    .digest("base64");
}
