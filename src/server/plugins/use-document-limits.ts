import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  type SelectionSetNode,
  visit,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Limits } from "../../config/load-config.js";
import { TooComplexError } from "../../domain/errors.js";
import { fragmentsOf } from "../limits/fragments.js";
import { introspectionCost, introspectionLimit } from "../limits/introspection-cost.js";

type DocumentLimits = Pick<
  Limits,
  "documentTokens" | "documentDepth" | "documentAliases" | "documentDirectives" | "documentFragments"
>;

/**
 * Refuses documents that are too large to parse and validate, and operations that are too large to execute; `useCosts`
 * computes their complexity. It is by hand, and not graphql-armor: that leaves introspection out of the depth, and throws
 * errors without our codes.
 */
export function useDocumentLimits(limits: DocumentLimits): Plugin {
  /** By the document of the operation, which is parsed once. Null: it is within the limits. */
  const refusals = new WeakMap<DocumentNode, GraphQLError | null>();

  function limitOperation({ document, schema }: ExecutionArgs, refuse: (result: ExecutionResult) => void): void {
    let refusal = refusals.get(document);
    if (refusal === undefined) {
      refusal = findExcess(document, schema, limits);
      refusals.set(document, refusal);
    }
    if (refusal) refuse({ errors: [refusal] });
  }

  return {
    onParse({ setParseFn }) {
      setParseFn((source: Parameters<typeof parse>[0]) => parseWithin(source, limits));
    },
    onValidate() {
      return ({ result, setResult }) =>
        setResult((result as readonly Error[]).map((error) => (isAborted(error) ? tooRepetitive() : error)));
    },
    onExecute: ({ args, setResultAndStopExecution }) => limitOperation(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => limitOperation(args, setResultAndStopExecution),
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

/** The first limit that a document of one operation exceeds. */
function findExcess(document: DocumentNode, schema: GraphQLSchema, limits: DocumentLimits): GraphQLError | null {
  const { documentAliases, documentDirectives, documentDepth } = limits;
  const { aliases, directives } = countIn(document);
  if (introspectionCost(document, schema) > introspectionLimit(schema)) return tooMuchIntrospection();
  if (aliases > documentAliases) return tooComplex("aliases", documentAliases);
  if (directives > documentDirectives) return tooComplex("directives", documentDirectives);
  if (depthOfDocument(document) > documentDepth) return tooComplex("levels of fields", documentDepth);
  return null;
}

function countIn(document: DocumentNode) {
  const count = { aliases: 0, directives: 0 };
  visit(document, {
    Field({ alias }) {
      if (alias) count.aliases++;
    },
    Directive() {
      count.directives++;
    },
  });
  return count;
}

function depthOfDocument(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, number>();

  /** The depth of the deepest field. Each fragment is measured once; validation refuses one that contains itself. */
  function depthOf({ selections }: SelectionSetNode): number {
    let deepest = 0;
    for (const selection of selections) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? depthOfFragment(selection.name.value)
          : (selection.kind === Kind.FIELD ? 1 : 0) + (selection.selectionSet ? depthOf(selection.selectionSet) : 0);
      deepest = Math.max(deepest, below);
    }
    return deepest;
  }

  function depthOfFragment(name: string): number {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const depth = fragment ? depthOf(fragment.selectionSet) : 0;
    measured.set(name, depth);
    return depth;
  }

  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operation ? depthOf(operation.selectionSet) : 0;
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
