import type { GraphQLErrorShape } from "../../client/errors.js";
import type { FilePolicy, PolicyFile } from "./policy-file.js";

/** What graphql-js says of a variable: its whole value stands before what is wrong with it. */
const INVALID_VALUE = /^Variable "\$input" got invalid value .*; (.+)$/s;

/** Why a policy of a file is refused, with its line and the path in the file: `policies.yaml:14: high-risk: policies[2].rules[0] …`. */
export function describeRefusal(file: PolicyFile, { name, index }: FilePolicy, error: GraphQLErrorShape): string {
  const { code = "ERROR", field } = error.extensions ?? {};
  const own = `policies[${index}]`;
  const toFile = (text: string) => text.replaceAll(/\binput(?=[.[]|$)/g, own);
  const place = typeof field === "string" ? toFile(field) : own;
  const message = String(error.message).replaceAll(/\p{Cc}+/gu, " ");
  const invalid = INVALID_VALUE.exec(message)?.[1];
  const said =
    invalid === undefined ? toFile(message.replace(/^input\b/, own)) : `${place}: ${invalid}${quoteHint(invalid)}`;
  return `${file.lineOf(place)}: ${name}: ${code === "INVALID_INPUT" ? "" : `${code}: `}${said}`;
}

/** YAML reads `true` and `1.0` as what they are without quotes. */
function quoteHint(said: string): string {
  return said.startsWith("String cannot represent a non string value") ? ". Put it in quotes." : "";
}
