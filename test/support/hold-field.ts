import type { GraphQLObjectType } from "graphql";
import { schema } from "../../src/graphql/schema.js";

export interface HeldField {
  /** How many wait for it. */
  asked(): number;
  release(): void;
  /** Nobody waits for it any more. */
  restore(): void;
}

/** What asks for the field waits until it is released. */
export function holdField(type: string, name: string): HeldField {
  const field = (schema.getType(type) as GraphQLObjectType).getFields()[name];
  const resolve = field?.resolve;
  if (!field || !resolve) throw new Error("There is no such field.");
  let waiting: (() => void)[] = [];
  field.resolve = async (...args) => {
    await new Promise<void>((go) => waiting.push(go));
    return resolve(...args);
  };
  return {
    asked: () => waiting.length,
    release() {
      for (const go of waiting) go();
      waiting = [];
    },
    restore() {
      field.resolve = resolve;
    },
  };
}
