import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Limits } from "../../config/load-config.js";
import { TooComplexError } from "../../domain/errors.js";
import { introspectionCost, introspectionLimit } from "../limits/introspection-cost.js";

type DocumentLimits = Pick<
  Limits,
  "documentTokens" | "documentDepth" | "documentAliases" | "documentDirectives" | "documentFragments"
>;

/**
 * Refuses documents that are too large to execute; `useCosts` computes their complexity. It is by hand, and not
 * graphql-armor: that leaves introspection out of the depth, and throws errors without our codes.
 */
export function useDocumentLimits(limits: DocumentLimits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: Parameters<typeof parse>[0]) => parseWithin(source, limits));
    },
    onValidate({ addValidationRule }) {
      addValidationRule((context: ValidationContext) => limitDocument(context, limits));
      return ({ result, setResult }) =>
        setResult((result as readonly Error[]).map((error) => (isAborted(error) ? tooRepetitive() : error)));
    },
  };
}

/** Fragments are counted before validation, which compares each one with all others. */
function parseWithin(source: Parameters<typeof parse>[0], { documentTokens, documentFragments }: DocumentLimits) {
  const document = parseTokens(source, documentTokens);
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  if (fragments > documentFragments) throw tooComplex("fragments", documentFragments);
  return document;
}

function parseTokens(source: Parameters<typeof parse>[0], maxTokens: number) {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    // a document that is nested deeply enough exhausts the stack before it has too many tokens
    const isTooLong =
      error instanceof RangeError || (error instanceof GraphQLError && error.message.includes("Parsing aborted"));
    if (isTooLong) throw tooComplex("tokens", maxTokens);
    throw error;
  }
}

function limitDocument(context: ValidationContext, limits: DocumentLimits): ASTVisitor {
  let aliases = 0;
  let directives = 0;
  return {
    Document(node) {
      const schema = context.getSchema();
      if (introspectionCost(node, schema) > introspectionLimit(schema)) context.reportError(tooMuchIntrospection());
    },
    Field(node) {
      if (node.alias && ++aliases === limits.documentAliases + 1)
        context.reportError(tooComplex("aliases", limits.documentAliases));
    },
    Directive() {
      if (++directives === limits.documentDirectives + 1) {
        context.reportError(tooComplex("directives", limits.documentDirectives));
      }
    },
    OperationDefinition(node) {
      if (depthOf(node.selectionSet, context, new Map()) > limits.documentDepth) {
        context.reportError(tooComplex("levels of fields", limits.documentDepth));
      }
    },
  };
}

/** The depth of the deepest field. Each fragment is measured once; another rule refuses one that contains itself. */
function depthOf(set: SelectionSetNode, context: ValidationContext, measured: Map<string, number>): number {
  let deepest = 0;
  for (const selection of set.selections) {
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragmentDepth(context.getFragment(selection.name.value), context, measured)
        : (selection.kind === Kind.FIELD ? 1 : 0) +
          (selection.selectionSet ? depthOf(selection.selectionSet, context, measured) : 0);
    deepest = Math.max(deepest, below);
  }
  return deepest;
}

function fragmentDepth(
  fragment: FragmentDefinitionNode | null | undefined,
  context: ValidationContext,
  measured: Map<string, number>,
): number {
  if (!fragment) return 0;
  const known = measured.get(fragment.name.value);
  if (known !== undefined) return known;
  measured.set(fragment.name.value, 0);
  const depth = depthOf(fragment.selectionSet, context, measured);
  measured.set(fragment.name.value, depth);
  return depth;
}

/** graphql-js stops comparing fields of the same response name after some time, with this error alone. */
function isAborted({ message }: Error): boolean {
  return message === "Validation aborted.";
}

function tooRepetitive(): GraphQLError {
  return toGraphQLError(
    "The document selects the same fields so often that it cannot be validated in time. Select each field once.",
  );
}

function tooMuchIntrospection(): GraphQLError {
  return toGraphQLError("The document requests more than twice the whole schema. Request each part of it once.");
}

function tooComplex(what: string, max: number): GraphQLError {
  return toGraphQLError(`The document has too many ${what}; at most ${max} are allowed.`);
}

function toGraphQLError(sentence: string): GraphQLError {
  const { message, extensions } = new TooComplexError(sentence);
  return new GraphQLError(message, { extensions });
}
