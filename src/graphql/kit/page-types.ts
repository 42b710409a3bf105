import type { InterfaceRef, ObjectRef } from "@pothos/core";
import { builder } from "./builder.js";

type Types = (typeof builder)["$inferSchemaTypes"];

/** Names what a list contains, for descriptions: "an event", "events". */
export interface Nouns {
  readonly one: string;
  readonly many: string;
}

/** The connection and edge types of a noun's lists, by Relay's cursor connections specification. */
export function pageTypes<Shape>(type: ObjectRef<Types, Shape> | InterfaceRef<Types, Shape>, { one, many }: Nouns) {
  const Edge = builder.edgeObject({
    type,
    name: `${type.name}Edge`,
    nodeNullable: false,
    description: `${capitalize(one)} in a list, with its cursor.`,
  });
  const Connection = builder.connectionObject(
    {
      type,
      name: `${type.name}Connection`,
      description: `A page of ${many}.`,
      fields: (t) => ({
        totalCount: t.int({
          description: `The number of ${many} on all pages. Counted only if this field is selected.`,
          resolve: ({ totalCount }) => totalCount(),
        }),
      }),
    },
    Edge,
  );
  return [Connection, Edge] as const;
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
