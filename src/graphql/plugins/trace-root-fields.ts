import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import type { GraphQLContext } from "../request/context.js";

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;

/** Passes the work of each root field to the context's `followField`, which traces it. */
class RootFieldsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolver<Types>, { kind, name }: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return kind === "Query" || kind === "Mutation" ? traced<Types>(`${kind}.${name}`, resolver) : resolver;
  }

  override wrapSubscribe(subscriber: Resolver<Types> | undefined, { kind, name }: PothosOutputFieldConfig<Types>) {
    return subscriber && traced<Types>(`${kind}.${name}`, subscriber);
  }
}

function traced<Types extends SchemaTypes>(name: string, resolver: Resolver<Types>): Resolver<Types> {
  return (parent, args, context, info) => {
    const { followField } = context as Partial<GraphQLContext>;
    if (!followField) return resolver(parent, args, context, info);
    return followField(name, () => resolver(parent, args, context, info));
  };
}

export const ROOT_FIELDS_PLUGIN = "rootFields" as const;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      rootFields: RootFieldsPlugin<Types>;
    }
  }
}

SchemaBuilder.registerPlugin(ROOT_FIELDS_PLUGIN, RootFieldsPlugin);
