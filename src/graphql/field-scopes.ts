import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLSchema } from "graphql";
import { isSameActor } from "../domain/actor.js";
import { FIELD_SCOPE, type Scope } from "../domain/policy.js";
import type { GraphQLContext } from "./context.js";

/** Fields that whoever created the object may read back without the scope. */
const CREATOR_MAY_READ: ReadonlySet<string> = new Set<keyof typeof FIELD_SCOPE>(["ModelVersion.source"]);

interface Created {
  readonly createdByIssuer: string;
  readonly createdBySubject: string;
}

/** Puts the scopes of domain/policy.ts on the fields that they name, so that no field is guarded anywhere else. */
class FieldScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  private readonly guarded = new Set<string>();

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const name = `${config.parentType}.${config.name}`;
    const scope: Scope | undefined = (FIELD_SCOPE as Record<string, Scope>)[name];
    if (!scope) return config;
    this.guarded.add(name);
    const authScopes = CREATOR_MAY_READ.has(name)
      ? (parent: Created, _args: unknown, { viewer }: GraphQLContext) =>
          isSameActor(viewer.actor, { issuer: parent.createdByIssuer, subject: parent.createdBySubject }) || { scope }
      : { scope };
    const pothosOptions = { ...config.pothosOptions, authScopes };
    return { ...config, pothosOptions } as PothosOutputFieldConfig<Types>;
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const unknown = Object.keys(FIELD_SCOPE).filter((name) => !this.guarded.has(name));
    if (unknown.length > 0) throw new Error(`domain/policy.ts guards fields that are not there: ${unknown.join(", ")}`);
    return schema;
  }
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
