import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { LRUCache } from "lru-cache";
import type { Viewer } from "../../domain/access/actor.js";
import { readHeadFirst } from "../events/head.js";
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

  private async execute(context: GraphQLContext, variables: Variables) {
    const rights = rightsKey(context.viewer);
    if (this.resting.has(rights)) return null;
    try {
      if (context.head === null) await readHeadFirst(context, this.document);
      const variant = JSON.stringify(this.uses.conditions.map((name) => variables[name]));
      const operation = this.variantOf(variant, variables);
      const binding = this.bindingOf(`${variant} ${this.nestedKey(variables)} ${rights}`, context);
      if (binding.isUnusual) return null;
      return { data: await new OperationRun(operation, { context, binding, variables }).run() };
    } catch {
      // the plain path finds the same error, and says it in the same words
      this.resting.set(rights, true);
      return null;
    }
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

  private nestedKey(variables: Variables): string {
    return JSON.stringify(this.uses.nested.map((name) => variables[name]));
  }
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
