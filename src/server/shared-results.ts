import { createHash } from "node:crypto";
import { type ASTNode, type DocumentNode, type ExecutionArgs, type ExecutionResult, Kind, visit } from "graphql";
import { actorKey } from "../domain/actor.js";
import type { GraphQLContext } from "../graphql/context.js";
import type { StreamMessage } from "../store/event-stream.js";

/** The results of the last messages, over all subscriptions; what is said of a large event is not kept. */
const KEPT = 256;
const KEPT_CHARACTERS = 16_000;

/** What is said of an event to the subscriptions that must get the same. */
export interface SharingGroup {
  /** A message of this document has asked the database: its results are each subscription's own. */
  readonly asksDatabase: boolean;
  resultOf(message: StreamMessage): ExecutionResult | undefined;
  /** Only of what was executed without waiting: it asked no database, so that it comes of the event alone, which never changes. */
  keep(message: StreamMessage, result: ExecutionResult): void;
  noteDatabase(): void;
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
    const described = describe(args.document);
    return {
      get asksDatabase() {
        return described.asksDatabase;
      },
      resultOf: ({ cursor, event }) => (event ? results.get(`${cursor} ${key}`) : undefined),
      keep({ cursor, event }, result) {
        if (!event || event.body.length > KEPT_CHARACTERS || result.errors) return;
        results.set(`${cursor} ${key}`, result);
        const [oldest] = results.keys();
        if (oldest !== undefined && results.size > KEPT) results.delete(oldest);
      },
      noteDatabase() {
        described.asksDatabase = true;
      },
    };
  }
}

interface Known {
  readonly id: number;
  /** What the document says of a message by: those of its own field's arguments choose messages, and say nothing of one. */
  readonly variables: readonly string[];
  asksDatabase: boolean;
}

/** By the documents themselves: the same text is parsed once. */
const known = new WeakMap<DocumentNode, Known>();
let documents = 0;

function describe(document: DocumentNode): Known {
  const described = known.get(document) ?? {
    id: documents++,
    variables: variablesOfMessages(document),
    asksDatabase: false,
  };
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
function keyOf({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const { actor, scopes, modelGlobs, experimentGlobs, environmentGlobs } = (contextValue as GraphQLContext).viewer;
  const { id, variables } = describe(document);
  const given = variables.map((name) => variableValues?.[name]);
  const rights = [actorKey(actor), [...scopes].sort(), modelGlobs, experimentGlobs, environmentGlobs];
  return createHash("sha256")
    .update(JSON.stringify([id, operationName, given, rights]))
    .digest("base64");
}
