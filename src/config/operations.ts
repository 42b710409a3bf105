import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { GraphQLError, parse } from "graphql";

/**
 * The documents of a file that maps ids to texts, as relay-compiler's `persistConfig` and graphql-codegen's client preset
 * write it. Each may be asked for by its id in the file, and by the SHA-256 of its text.
 */
export function readOperations(path: string): ReadonlyMap<string, string> {
  const given = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  const byId = Object.entries(given);
  return new Map([...byId, ...byId.map(([, text]): [string, string] => [sha256(text), text])]);
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What keeps the file from being read, in sentences. */
export function checkOperations(path: string): string[] {
  const tell = (problem: string) => [`SHELFMARK_OPERATIONS is ${JSON.stringify(path)}; ${problem}`];
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return tell(code ? `it cannot be read (${code}).` : "it is no JSON.");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return tell("it must be an object of documents by their ids.");
  return Object.entries(given).flatMap(([id, text]) => {
    if (typeof text !== "string") return tell(`${JSON.stringify(id)} is no text.`);
    try {
      parse(text, { noLocation: true });
      return [];
    } catch (error) {
      return tell(`${JSON.stringify(id)} is no document: ${error instanceof GraphQLError ? error.message : error}`);
    }
  });
}
