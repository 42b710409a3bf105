import { readFileSync } from "node:fs";
import { GraphQLError, parse } from "graphql";
import { sha256 } from "../util/sha256.js";

interface ReadOperations {
  readonly operations: ReadonlyMap<string, string> | null;
  /** What keeps the file from being taken, in sentences. */
  readonly problems: readonly string[];
}

/**
 * The documents of a file that maps ids to texts, as relay-compiler's `persistConfig` and graphql-codegen's client preset
 * write it; null without a file. Each may be asked for by its id in the file, and by the SHA-256 of its text.
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
    const { code } = error as NodeJS.ErrnoException;
    return refuse(code ? `it cannot be read (${code}).` : "it is no JSON.");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("it must be an object of documents by their ids.");
  const byId = Object.entries(given);
  const problems = byId.flatMap(([id, text]) => problemOf(id, text) ?? []);
  if (problems.length > 0) return refuse(...problems);
  return {
    operations: new Map([...byId, ...byId.map(([, text]): [string, string] => [sha256(text), text])]),
    problems,
  };
}

function problemOf(id: string, text: unknown): string | null {
  if (typeof text !== "string") return `${JSON.stringify(id)} is no text.`;
  try {
    parse(text, { noLocation: true });
    return null;
  } catch (error) {
    return `${JSON.stringify(id)} is no document: ${error instanceof GraphQLError ? error.message : error}`;
  }
}
