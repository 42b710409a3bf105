import { complexityFromQuery } from "@pothos/plugin-complexity";
import { type DocumentNode, execute, getOperationAST, getVariableValues } from "graphql";
import { vi } from "vitest";
import type { PreparedOperation } from "../../src/graphql/prepared/prepared-operation.js";
import { isPreparable, PreparedOperations } from "../../src/graphql/prepared/prepared-operations.js";
import type { GraphQLContext } from "../../src/graphql/request/context.js";
import { schema } from "../../src/graphql/schema.js";

/** What an operation does in the place of its execution. */
export type Interrupt = (context: GraphQLContext) => Promise<void>;

/**
 * Makes every query a prepared one, which graphql-js executes: so the entry is tested with all documents, whatever the
 * compiler can prepare. Returns how many were executed so.
 */
export function prepareEveryQuery() {
  const known = new Map<string, PreparedOperation>();
  const byDocument = new Map<DocumentNode, PreparedOperation>();
  const keyOf = (text: string, name: string | null) => `${name ?? ""}\n${text}`;
  const counts = { executed: 0 };
  let interrupt: Interrupt = async () => {};
  vi.spyOn(PreparedOperations.prototype, "find").mockImplementation((text, name) => known.get(keyOf(text, name)));
  vi.spyOn(PreparedOperations.prototype, "of").mockImplementation((document) => byDocument.get(document) ?? null);
  vi.spyOn(PreparedOperations.prototype, "add").mockImplementation((text, name, document) => {
    if (!isPreparable(document)) return;
    const operation = operationOf(document, async (context) => {
      counts.executed++;
      await interrupt(context);
    });
    known.set(keyOf(text, name), operation);
    byDocument.set(document, operation);
  });
  return {
    counts,
    interruptWith(next: Interrupt) {
      interrupt = next;
    },
    forget() {
      known.clear();
      byDocument.clear();
    },
  };
}

function operationOf(document: DocumentNode, begin: Interrupt): PreparedOperation {
  const operation = getOperationAST(document);
  if (!operation) throw new Error("The document has one operation.");
  return {
    name: operation.name?.value,
    bind(variables) {
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      if (!coerced) return null;
      return {
        complexity: complexityFromQuery(document, { schema, ctx: {}, variables }).complexity,
        async execute(contextValue) {
          await begin(contextValue);
          const { data, errors } = await execute({ schema, document, contextValue, variableValues: variables });
          return errors || !data ? null : JSON.stringify(data);
        },
      };
    },
  };
}
