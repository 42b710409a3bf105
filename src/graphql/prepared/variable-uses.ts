import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableNode,
  visit,
} from "graphql";

/** Which variables of an operation decide what, besides the values of arguments of root fields. */
export interface VariableUses {
  /** Those of `@skip` and `@include`: which fields there are. */
  readonly conditions: readonly string[];
  /** Those in arguments of fields below the root fields: which rows are selected with a row. */
  readonly nested: readonly string[];
}

/** The document has this operation alone. */
export function findVariableUses(document: DocumentNode, operation: OperationDefinitionNode): VariableUses {
  const conditions = new Set<string>();
  const all = new Set<string>();
  const into = (found: Set<string>) => ({
    [Kind.VARIABLE]: ({ name }: VariableNode) => void found.add(name.value),
  });
  visit(document, {
    Directive(node) {
      visit(node, into(conditions));
    },
  });
  const isRootField = rootFieldsOf(operation.selectionSet);
  visit(document, {
    Field(node) {
      if (isRootField.has(node)) return;
      for (const argument of node.arguments ?? []) visit(argument, into(all));
    },
  });
  return { conditions: [...conditions], nested: [...all] };
}

/** Without those in fragments, which may be below a field, too. */
function rootFieldsOf({ selections }: SelectionSetNode): ReadonlySet<unknown> {
  return new Set(selections.filter(({ kind }) => kind === Kind.FIELD));
}
