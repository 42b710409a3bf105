import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { LRUCache } from "lru-cache";
import type { Viewer } from "../../domain/access/actor.js";
import { readHead } from "../../store/events/event-log.js";
import { queriesHead } from "../events/head.js";
import type { GraphQLContext } from "../request/context.js";
import { Binding } from "./binding.js";
import type { Bindings } from "./bindings.js";
import { CompiledOperation } from "./compile-operation.js";
import { OperationComplexity } from "./complexity.js";
import type { BoundOperation, PreparedOperation } from "./prepared-operation.js";
import { OperationRun } from "./run-operation.js";
import { findVariableUses, type VariableUses } from "./variable-uses.js";

type Variables = Readonly<Record<string, unknown>>;

const VARIANTS_MAX = 16;
const RESTING_MAX = 64;
/** After an answer that was not plain data, the same rights go the plain path this long: else reads would be made twice. */
const REST_MS = 10_000;

const rightsOf = new WeakMap<Viewer, string>();

/** A query that is compiled once for each choice of fields, and planned once for all requests with the same rights. */
export class PreparedQuery implements PreparedOperation {
  private readonly schema: GraphQLSchema;
  private readonly document: DocumentNode;
  private readonly operation: OperationDefinitionNode;
  private readonly uses: VariableUses;
  private readonly complexity: OperationComplexity;
  private readonly selectsHead: boolean;
  private readonly variants = new LRUCache<string, CompiledOperation>({ max: VARIANTS_MAX });
  private readonly bindings: Bindings;
  /** The rights for which the last answer was not plain data. */
  private readonly resting = new LRUCache<string, true>({ max: RESTING_MAX, ttl: REST_MS });

  /** The document was validated, and has this operation alone. */
  constructor(schema: GraphQLSchema, document: DocumentNode, bindings: Bindings) {
    this.schema = schema;
    this.document = document;
    this.bindings = bindings;
    this.operation = getOperationAST(document) as OperationDefinitionNode;
    this.selectsHead = queriesHead(document);
    this.uses = findVariableUses(document, this.operation);
    this.complexity = new OperationComplexity(schema, document, this.operation);
  }

  get name(): string | undefined {
    return this.operation.name?.value;
  }

  bind(given: Variables): BoundOperation | null {
    const { coerced } = getVariableValues(this.schema, this.operation.variableDefinitions ?? [], given);
    if (!coerced) return null;
    return {
      complexity: this.complexity.of(given),
      execute: (context) => this.execute(context, coerced),
    };
  }

  private execute(context: GraphQLContext, variables: Variables): string | null | Promise<string | null> {
    const rights = rightsKey(context.viewer);
    if (this.resting.has(rights)) return null;
    // the plain path finds the same error, and says it in the same words
    const rest = () => {
      this.resting.set(rights, true);
      return null;
    };
    try {
      const found =
        this.selectsHead && context.head === null
          ? readHead(context.db).then((head) => {
              context.head = head;
              return this.run(context, variables, rights);
            })
          : this.run(context, variables, rights);
      return found instanceof Promise ? found.catch(rest) : found;
    } catch {
      return rest();
    }
  }

  private run(context: GraphQLContext, variables: Variables, rights: string): string | null | Promise<string> {
    const variant = keyOf(this.uses.conditions, variables);
    const operation = this.variantOf(variant, variables);
    const binding = this.bindingOf(`${variant} ${keyOf(this.uses.nested, variables)} ${rights}`, context);
    if (binding.isUnusual) return null;
    return new OperationRun(operation, { context, binding, variables }).run();
  }

  private variantOf(key: string, variables: Variables): CompiledOperation {
    const known = this.variants.get(key);
    if (known) return known;
    const made = new CompiledOperation(this.schema, { document: this.document, operation: this.operation }, variables);
    this.variants.set(key, made);
    return made;
  }

  private bindingOf(key: string, context: GraphQLContext): Binding {
    const known = this.bindings.get(this.document, key);
    if (known && !known.isOfNow) return known;
    const made = new Binding(context);
    this.bindings.set(this.document, key, made);
    return made;
  }
}

/** The values of some of the variables, as one text. */
function keyOf(names: readonly string[], variables: Variables): string {
  return names.length === 0 ? "" : JSON.stringify(names.map((name) => variables[name]));
}

/** All of a token that decides what it sees, as one text. */
function rightsKey(viewer: Viewer): string {
  const known = rightsOf.get(viewer);
  if (known !== undefined) return known;
  const { actor, scopes, groups, modelGlobs, experimentGlobs, environmentGlobs } = viewer;
  const { issuer, subject } = actor;
  const rights = JSON.stringify([issuer, subject, [...scopes], groups, modelGlobs, experimentGlobs, environmentGlobs]);
  rightsOf.set(viewer, rights);
  return rights;
}
