import type { GraphQLFieldResolver, GraphQLObjectType } from "graphql";
import { schema } from "../../src/graphql/schema.js";

export interface HeldField {
  /** How many wait for it. */
  asked(): number;
  release(): void;
  /** Nobody waits for it any more. */
  restore(): void;
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

/** What asks for the field waits until it is released, by graphql-js and by what was prepared from the definition of the field. */
export function holdField(type: string, name: string): HeldField {
  const field = (schema.getType(type) as GraphQLObjectType).getFields()[name];
  const definition = field?.extensions.pothosConfig as { resolve?: Resolver } | undefined;
  if (!field?.resolve || !definition?.resolve) throw new Error("There is no such field.");
  const { resolve } = field;
  const { resolve: inner } = definition;
  let waiting: (() => void)[] = [];
  let isHeld = true;
  const held =
    (resolver: Resolver): Resolver =>
    async (...args) => {
      if (isHeld) await new Promise<void>((go) => waiting.push(go));
      return resolver(...args);
    };
  field.resolve = held(resolve);
  definition.resolve = held(inner);
  return {
    asked: () => waiting.length,
    release() {
      for (const go of waiting) go();
      waiting = [];
    },
    restore() {
      isHeld = false;
      field.resolve = resolve;
      definition.resolve = inner;
    },
  };
}
