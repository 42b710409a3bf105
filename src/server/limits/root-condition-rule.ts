import {
  type ASTVisitor,
  type DirectiveNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

const CONDITIONS = ["skip", "include"];

/**
 * Refuses `@skip` and `@include` at the root of a subscription: which stream it opens must not depend on a variable
 * (GraphQL, September 2025, §5.2.4.1). graphql-js has this rule from version 17 on.
 */
export function refuseConditionalRoot(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation !== OperationTypeNode.SUBSCRIPTION) return;
      const [condition] = rootConditions(selectionSet, context, new Set());
      if (!condition) return;
      const message = `A subscription must not have @${condition.name.value} at its root: it selects one field, always.`;
      context.reportError(new GraphQLError(message, { nodes: condition }));
    },
  };
}

function* rootConditions(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  visited: Set<string>,
): Generator<DirectiveNode, void> {
  for (const selection of selections) {
    yield* selection.directives?.filter(({ name }) => CONDITIONS.includes(name.value)) ?? [];
    if (selection.kind === Kind.INLINE_FRAGMENT) yield* rootConditions(selection.selectionSet, context, visited);
    if (selection.kind !== Kind.FRAGMENT_SPREAD || visited.has(selection.name.value)) continue;
    const fragment = context.getFragment(selection.name.value);
    visited.add(selection.name.value);
    if (fragment) yield* rootConditions(fragment.selectionSet, context, visited);
  }
}
