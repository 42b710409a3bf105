import type { PothosOutputFieldConfig, SchemaTypes } from "@pothos/core";
import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  visit,
} from "graphql";
import { getArgumentValues } from "graphql/execution/values.js";
import type { Scope } from "../../domain/access/scopes.js";
import type { GraphQLContext } from "../request/context.js";
import { Unusual } from "./unusual.js";

type Path = GraphQLResolveInfo["path"];
type Args = Readonly<Record<string, unknown>>;
type Variables = Readonly<Record<string, unknown>>;

/** How a value becomes a part of the response. */
export type Completion =
  | { readonly kind: "leaf"; readonly type: GraphQLLeafType; readonly isNullable: boolean }
  | { readonly kind: "list"; readonly item: Completion; readonly isNullable: boolean }
  | { readonly kind: "object"; readonly type: GraphQLObjectType; readonly isNullable: boolean }
  | { readonly kind: "abstract"; readonly type: GraphQLAbstractType; readonly isNullable: boolean };

/** A field of a document, with all that is the same for every request. Several nodes of the document may be one field. */
export interface CompiledField {
  /** The place in the operation, to keep something for each field. */
  readonly index: number;
  readonly key: string;
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  /** Has the resolver, without what Pothos' plugins wrap around it: what they do is part of the compiled field. */
  readonly inner: { readonly resolve: GraphQLFieldResolver<unknown, GraphQLContext, Args> };
  readonly completion: Completion;
  /** List indices are left out: Pothos drops them, too. */
  readonly path: Path;
  /** The scopes that the viewer must hold. */
  readonly scopes: readonly Scope[];
  /** Whether Pothos read the field's value with the row that it is of. */
  readonly isSelected: boolean;
  /** Whether the value was read with the row; of relations only. */
  readonly isLoaded: ((row: unknown, info: GraphQLResolveInfo, context: object) => boolean) | undefined;
  /** Whether its text counts to the size of the answer. */
  readonly isText: boolean;
  /** Null if they depend on variables. */
  readonly constantArgs: Args | null;
}

/** `__typename` has no field of Pothos. */
export type CompiledSelection = readonly (CompiledField | { readonly key: string; readonly typeName: string })[];

const TEXTS: ReadonlySet<string> = new Set(["String", "JSON"]);

interface FieldPlace {
  readonly index: number;
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly above: Path | undefined;
}

/** Throws Unusual for a field that is guarded or read in a way that is not known here. */
export function compileField({ index, key, parentType, nodes, above }: FieldPlace): CompiledField {
  const [node] = nodes;
  const name = node?.name.value ?? "";
  const definition: GraphQLField<unknown, unknown> | undefined = parentType.getFields()[name];
  if (!definition || !node) throw new Unusual(`${parentType.name}.${name} is not a field of the registry.`);
  const config = configOf(definition);
  if (config.argMappers.length > 0) throw new Unusual(`${parentType.name}.${name} maps its arguments.`);
  const completion = completionOf(definition.type);
  return {
    index,
    key,
    name,
    parentType,
    nodes,
    definition,
    inner: (config.resolve ? config : { resolve: defaultFieldResolver }) as CompiledField["inner"],
    completion,
    path: { prev: above, key, typename: parentType.name },
    scopes: scopesOf(config),
    isSelected: config.kind === "PrismaObject" && Boolean(definition.extensions.pothosPrismaSelect),
    isLoaded: definition.extensions.pothosPrismaLoaded as CompiledField["isLoaded"],
    isText: TEXTS.has(getNamedType(definition.type).name) && isLeaf(completion),
    constantArgs: usesVariables(node) ? null : getArgumentValues(definition, node, {}),
  };
}

/** The arguments of a field whose arguments depend on variables. */
export function bindArgs({ definition, nodes }: CompiledField, variables: Variables): Args {
  return getArgumentValues(definition, nodes[0] as FieldNode, variables);
}

type FieldConfig = PothosOutputFieldConfig<SchemaTypes>;

function configOf(definition: GraphQLField<unknown, unknown>): FieldConfig {
  const config = definition.extensions.pothosConfig as FieldConfig | undefined;
  if (!config) throw new Unusual(`${definition.name} is not of Pothos.`);
  return config;
}

/**
 * What plugins/field-scopes.ts made of the tables in domain/access/scopes.ts. Whoever registered a version may read some of
 * its fields without the scope: without it, the plain path looks.
 */
function scopesOf({ pothosOptions, extensions }: FieldConfig): Scope[] {
  const { authScopes } = pothosOptions as { authScopes?: unknown };
  if (authScopes === undefined) return [];
  if (typeof authScopes === "function") return [extensions?.requiredScope as Scope];
  const { $all, ...others } = authScopes as { $all?: { scope?: Scope; otherScope?: Scope } };
  if (!$all || Object.keys(others).length > 0) throw new Unusual("The field is guarded by other than scopes.");
  return [$all.scope, $all.otherScope].filter((scope) => scope !== undefined);
}

function usesVariables(node: FieldNode): boolean {
  let found = false;
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      [Kind.VARIABLE]() {
        found = true;
      },
    });
  }
  return found;
}

function completionOf(type: GraphQLOutputType, isNullable = true): Completion {
  if (isNonNullType(type)) return completionOf(type.ofType, false);
  if (isListType(type)) return { kind: "list", item: completionOf(type.ofType), isNullable };
  if (isLeafType(type)) return { kind: "leaf", type, isNullable };
  if (isObjectType(type)) return { kind: "object", type, isNullable };
  if (isAbstractType(type)) return { kind: "abstract", type, isNullable };
  throw new Unusual(`The type ${String(type)} is not known.`);
}

function isLeaf(completion: Completion): boolean {
  return completion.kind === "list" ? isLeaf(completion.item) : completion.kind === "leaf";
}

/** Whether Pothos reads objects of the type from a table. */
export function isRow(type: GraphQLObjectType): boolean {
  return Boolean(type.extensions.pothosPrismaFieldMap);
}

/** The fields of a connection on the way to its rows. */
export const LEADS_TO_ROWS: ReadonlySet<string> = new Set(["nodes", "edges", "node"]);

/** The type of the objects that a field leads to; null if it leads to none, or to those of an abstract type. */
export function objectTypeOf(completion: Completion): GraphQLObjectType | null {
  if (completion.kind === "list") return objectTypeOf(completion.item);
  return completion.kind === "object" ? completion.type : null;
}
