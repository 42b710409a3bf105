import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import { TooComplexError } from "../domain/errors.js";
import type { GraphQLContext } from "./context.js";

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;
type FieldType<Types extends SchemaTypes> = PothosOutputFieldConfig<Types>["type"];

/** How much text one answer may have: complexity counts fields, and one of them may hold a hundred thousand characters. */
export class AnswerSize {
  private readonly max: number;
  private size = 0;
  private refusal: TooComplexError | null = null;

  constructor(max: number) {
    this.max = max;
  }

  /** Throws a TooComplexError past the bound. */
  add(value: unknown): void {
    this.size += lengthOf(value);
    if (this.size <= this.max) return;
    this.refusal ??= new TooComplexError(
      `The answer has more text than the ${this.max} characters that are allowed. Ask for less at once.`,
    );
    throw this.refusal;
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? JSON.stringify(value).length : 0;
}

const TEXTS: ReadonlySet<string> = new Set(["String", "JSON"]);

/** Counts what fields of the type String or JSON say. */
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
