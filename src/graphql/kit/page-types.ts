import type { InterfaceRef, ObjectRef } from "@pothos/core";
import { builder } from "./builder.js";
import { countOf } from "./total-count.js";

type Types = (typeof builder)["$inferSchemaTypes"];

/** The connection and edge types of a noun's lists, by Relay's cursor connection specification. */
export function pageTypes<Shape>(
  type: ObjectRef<Types, Shape> | InterfaceRef<Types, Shape>,
  noun: { one: string; many: string },
) {
  const Edge = builder.edgeObject({
    type,
    name: `${type.name}Edge`,
    nodeNullable: false,
    description: `A ${noun.one} and its place in a list.`,
  });
  const Connection = builder.connectionObject(
    {
      type,
      name: `${type.name}Connection`,
      description: `A page of ${noun.many}.`,
      fields: (t) => ({
        totalCount: t.int({
          description: `How many ${noun.many} match, on all pages. Counted only when asked for.`,
          resolve: (connection) => countOf(connection as object),
        }),
      }),
    },
    Edge,
  );
  return { Connection, Edge };
}
