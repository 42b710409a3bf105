import { defaultFieldResolver, type GraphQLResolveInfo } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import type { CompiledField } from "./compiled-field.js";

/** What a resolver does with the row that it is given. */
export interface Probe {
  /** The members of the row that it looked at. */
  readonly reads: ReadonlySet<string>;
  /** The member that it returns as it is, whatever it holds; null if it computes anything. */
  readonly returns: string | null;
}

const untouchable = new Proxy(
  {},
  {
    get() {
      throw new Error("A resolver that passes on what was read looks at nothing else.");
    },
  },
);

/** Calls the resolver of a field with a row whose members can only be passed on. */
export function probeField({ inner, name: fieldName, constantArgs }: CompiledField): Probe {
  if (inner.resolve === defaultFieldResolver) return { reads: new Set([fieldName]), returns: fieldName };
  const reads = new Set<string>();
  const members = new Map<object, string>();
  const row = new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name === "symbol") throw new Error("The row is no iterable and no text.");
        reads.add(name);
        const member = new Proxy({}, refuseAll);
        members.set(member, name);
        return member;
      },
      ownKeys: refuse,
      has: refuse,
      getOwnPropertyDescriptor: refuse,
    },
  );
  if (constantArgs === null) return { reads, returns: null };
  try {
    const value = inner.resolve(row, constantArgs, untouchable as GraphQLContext, untouchable as GraphQLResolveInfo);
    const returns = members.get(value as object) ?? null;
    if (returns === null && value instanceof Promise) value.catch(() => {});
    return { reads, returns: reads.size === 1 ? returns : null };
  } catch {
    // it computes
    return { reads, returns: null };
  }
}

function refuse(): never {
  throw new Error("A resolver that passes on what was read does not look into it.");
}

const refuseAll: ProxyHandler<object> = {
  get: refuse,
  has: refuse,
  ownKeys: refuse,
  getPrototypeOf: refuse,
  getOwnPropertyDescriptor: refuse,
};
