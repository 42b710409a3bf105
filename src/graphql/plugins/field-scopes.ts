import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLSchema } from "graphql";
import { isSameActor, type Viewer } from "../../domain/access/actor.js";
import { CREATOR_MAY_READ, FIELD_SCOPE, holdsScope, type Scope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import type { GraphQLContext } from "../request/context.js";

interface Created {
  readonly createdByIssuer: string;
  readonly createdBySubject: string;
}

/**
 * Applies the scopes of domain/access/scopes.ts: to each field that FIELD_SCOPE names, and to each field that leads to a
 * type of TYPE_SCOPE from a type without that scope. A field that is both requires both. No field is guarded anywhere else.
 */
class FieldScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  private readonly guarded = new Set<string>();

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const name = `${config.parentType}.${config.name}`;
    const target = this.scopeOfTarget(config);
    const scope = scopeOfField(name) ?? target;
    if (!scope) return config;
    this.guarded.add(name);
    const authScopes = CREATOR_MAY_READ.has(name)
      ? (parent: Created, _args: unknown, { viewer }: GraphQLContext) =>
          isSameActor(viewer.actor, { issuer: parent.createdByIssuer, subject: parent.createdBySubject }) || { scope }
      : { $all: { scope, ...(target && target !== scope ? { otherScope: target } : {}) } };
    const pothosOptions = { ...config.pothosOptions, authScopes };
    const extensions = { ...config.extensions, requiredScope: scope };
    return { ...config, pothosOptions, extensions } as PothosOutputFieldConfig<Types>;
  }

  private scopeOfTarget({ parentType, type }: PothosOutputFieldConfig<Types>): Scope | undefined {
    const inner = type.kind === "List" ? type.type : type;
    if (inner.kind === "List") return undefined;
    const scope = scopeOfType(this.builder.configStore.getTypeConfig(inner.ref).name);
    return scope === scopeOfType(ownerOf(parentType)) ? undefined : scope;
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const unknown = Object.keys(FIELD_SCOPE).filter((name) => !this.guarded.has(name));
    if (unknown.length > 0) throw new Error(`FIELD_SCOPE names fields that do not exist: ${unknown.join(", ")}`);
    return schema;
  }
}

function scopeOfField(name: string): Scope | undefined {
  return (FIELD_SCOPE as Record<string, Scope>)[name];
}

function scopeOfType(name: string): Scope | undefined {
  return (TYPE_SCOPE as Record<string, Scope>)[name];
}

/** An edge has the scope of its connection. */
function ownerOf(type: string): string {
  return type.replace(/Edge$/, "Connection");
}

/** The scopes that a guarded field requires and the token lacks, for its error message. */
export function missingScopes(field: string, type: string, { scopes }: Pick<Viewer, "scopes">): Scope[] {
  const required = new Set([scopeOfField(field), scopeOfType(type)]);
  return [...required].flatMap((scope) => (scope && !holdsScope(scopes, scope) ? [scope] : []));
}

export const FIELD_SCOPES_PLUGIN = "fieldScopes" as const;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      fieldScopes: FieldScopesPlugin<Types>;
    }
  }
}

SchemaBuilder.registerPlugin(FIELD_SCOPES_PLUGIN, FieldScopesPlugin);
