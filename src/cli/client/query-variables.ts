import { type OperationDefinitionNode, print, type TypeNode } from "graphql";
import { findInexact, parseJson } from "../../util/exact-json.js";
import { EXIT, misuse } from "../io/command-io.js";
import { readTextFile } from "../io/text-file.js";

/** Parses `key=value` pairs by the types that the operation declares. */
export async function readVariables(
  pairs: readonly string[],
  operation: OperationDefinitionNode,
): Promise<Record<string, unknown>> {
  const declared = new Map(operation.variableDefinitions?.map(({ variable, type }) => [variable.name.value, type]));
  const variables: Record<string, unknown> = Object.create(null);
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw misuse(`The variable "${pair}" must have the form key=value.`);
    const key = pair.slice(0, at);
    const type = declared.get(key);
    if (!type) {
      const known = [...declared.keys()].map((name) => `$${name}`).join(", ") || "none";
      throw misuse(`The operation does not declare the variable $${key}; it declares ${known}.`);
    }
    variables[key] = toValue(key, await readValue(key, pair.slice(at + 1)), type);
  }
  return variables;
}

async function readValue(key: string, text: string): Promise<string> {
  if (text.startsWith("@@")) return text.slice(1);
  if (!text.startsWith("@")) return text;
  const content = await readTextFile({
    path: text.slice(1),
    name: `The file of the variable ${key},`,
    exitCode: EXIT.misused,
  });
  // as `$(…)` of a shell: editors and `echo` end a file with a newline that is not meant
  return content.replace(/\r?\n$/, "");
}

/** A text of the type String or ID stays as it is, even if it is valid JSON. */
function toValue(key: string, text: string, type: TypeNode): unknown {
  const wanted = print(type).replaceAll(/[[\]!]/g, "");
  const isText = wanted === "String" || wanted === "ID";
  const isList = print(type).startsWith("[");
  if (isText && !isList) return text;
  const value = parseValue(key, text);
  if (isText) return Array.isArray(value) ? value : text;
  return value ?? (text.trim() === "null" ? null : text);
}

/** The value of a text that is JSON; undefined for another text. */
function parseValue(key: string, text: string): unknown {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // as a member, so that a number that is the whole value is looked at, too
  const members = parseJson(`{${JSON.stringify(key)}:${text}}`) as Record<string, unknown>;
  const inexact = findInexact(members);
  if (inexact)
    throw misuse(`${inexact.path} is the number ${inexact.text}, which would be sent changed. Send it as text.`);
  return members[key];
}
