import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import type { GraphQLContext } from "../request/context.js";

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;
type FieldType<Types extends SchemaTypes> = PothosOutputFieldConfig<Types>["type"];

const TEXTS: ReadonlySet<string> = new Set(["String", "JSON"]);

/** Counts the text of fields of the types String and JSON. */
class AnswerSizePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolver<Types>, { type }: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return this.isText(type) ? counted<Types>(resolver) : resolver;
  }

  private isText(type: FieldType<Types>): boolean {
    if (type.kind === "List") return this.isText(type.type);
    return type.kind === "Scalar" && TEXTS.has(this.builder.configStore.getTypeConfig(type.ref).name);
  }
}

function counted<Types extends SchemaTypes>(resolver: Resolver<Types>): Resolver<Types> {
  return (parent, args, context, info) => {
    const { answer } = context as Pick<GraphQLContext, "answer">;
    const count = (value: unknown) => {
      answer.add(value);
      return value;
    };
    const value = resolver(parent, args, context, info);
    return value instanceof Promise ? value.then(count) : count(value);
  };
}

export const ANSWER_SIZE_PLUGIN = "answerSize" as const;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      answerSize: AnswerSizePlugin<Types>;
    }
  }
}

SchemaBuilder.registerPlugin(ANSWER_SIZE_PLUGIN, AnswerSizePlugin);
