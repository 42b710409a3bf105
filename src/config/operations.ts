import { readFileSync } from "node:fs";
import { GraphQLError, parse } from "graphql";
import { errorCode } from "../util/error-text.js";
import { sha256 } from "../util/sha256.js";

interface ReadOperations {
  readonly operations: ReadonlyMap<string, string> | null;
  /** Mistakes in the file, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * The documents of a file that maps ids to texts, as relay-compiler's `persistConfig` and graphql-codegen's client preset
 * write it; null without a file. The keys are the ids in the file and the SHA-256 of each text.
 */
export function readOperations(path: string | undefined): ReadOperations {
  if (!path) return { operations: null, problems: [] };
  const refuse = (...problems: readonly string[]): ReadOperations => {
    return {
      operations: null,
      problems: problems.map((each) => `SHELFMARK_OPERATIONS is ${JSON.stringify(path)}; ${each}`),
    };
  };
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const code = errorCode(error);
    return refuse(code ? `it cannot be read (${code}).` : "it is not JSON.");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("it must be a JSON object that maps ids to documents.");
  const byId = Object.entries(given);
  const problems = byId.flatMap(([id, text]) => problemOf(id, text) ?? []);
  if (problems.length > 0) return refuse(...problems);
  return {
    operations: new Map([...byId, ...byId.map(([, text]): [string, string] => [sha256(text), text])]),
    problems,
  };
}

function problemOf(id: string, text: unknown): string | null {
  if (typeof text !== "string") return `${JSON.stringify(id)} is not a text.`;
  try {
    parse(text, { noLocation: true });
    return null;
  } catch (error) {
    return `${JSON.stringify(id)} is not a GraphQL document: ${error instanceof GraphQLError ? error.message : error}`;
  }
}
