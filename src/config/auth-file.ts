import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { errorCode } from "../util/error-text.js";
import { suggestName } from "../util/nearest-name.js";
import { AUTH_FILE_KEYS, type AuthFile, authFile } from "./auth-file-schema.js";
import { MistakesError } from "./mistakes.js";

const MAX_CHARACTERS = 1024 * 1024;
/** Resolving more could exhaust the memory: aliases of aliases multiply. */
const MAX_ALIASES = 100;

/** Mistakes in the file of issuers. Each sentence begins with the place in the file. */
export class AuthFileError extends MistakesError {
  override readonly name = "AuthFileError";
}

/** Reads the file of issuers. Throws an AuthFileError with every mistake. */
export function readAuthFile(path: string): AuthFile {
  return parseAuthFile(readAuthText(path));
}

export function readAuthText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AuthFileError([`it cannot be read (${errorCode(error)}).`]);
  }
  if (text.length > MAX_CHARACTERS) throw new AuthFileError([`it is longer than ${MAX_CHARACTERS} characters.`]);
  return text;
}

/** Parses the file's text, YAML or JSON. Throws an AuthFileError with every mistake. */
export function parseAuthFile(text: string): AuthFile {
  const content = parseYaml(text);
  const result = authFile.safeParse(content);
  if (!result.success) throw new AuthFileError(result.error.issues.map((issue) => describeIssue(issue, content)));
  return result.data;
}

function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new AuthFileError(
      document.errors.map(({ message, pos }) => {
        const { line, col } = lineCounter.linePos(pos[0]);
        return `line ${line}, column ${col}: ${message}`;
      }),
    );
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new AuthFileError([(error as Error).message]);
  }
}

function describeIssue(issue: z.core.$ZodIssue, content: unknown): string {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const where = path.replace(/^\./, "") || "the file";
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return `${where} has the unknown key ${JSON.stringify(key)}${suggestName(key, AUTH_FILE_KEYS)}.`;
  }
  const isKey = typeof issue.path.at(-1) === "string";
  return isKey && valueAt(content, issue.path) === undefined ? `${where} is missing.` : `${where} ${issue.message}.`;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], content);
}
