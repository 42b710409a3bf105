import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type CommandIo, EXIT, misuse } from "../io/command-io.js";
import { readTextFile } from "../io/text-file.js";

/** Resolving more could exhaust the memory: aliases of aliases multiply. */
const MAX_ALIASES = 100;

/** A policy of a file, as `applyPolicy` takes it. Only the server checks what is in it. */
export interface FilePolicy {
  readonly name: string;
  readonly index: number;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface PolicyFile {
  readonly policies: readonly FilePolicy[];
  /** The file and the line of a place, such as `policies[2].rules[0]`: `policies.yaml:14`. */
  lineOf(place: string): string;
}

/** Reads a file of policies, YAML or JSON. Its mistakes of form are mistakes on the command line. */
export async function readPolicyFile(path: string, io: CommandIo): Promise<PolicyFile> {
  const text =
    path === "-" ? await io.readStdin() : await readTextFile({ path, name: "The file", exitCode: EXIT.misused });
  const name = path === "-" ? "standard input" : path;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineOf = (offset: number) => `${name}:${lineCounter.linePos(offset).line}`;
  if (document.errors.length > 0) {
    throw misuse(document.errors.map(({ message, pos }) => `${lineOf(pos[0])}: ${message}`).join("\n"));
  }
  return {
    policies: toPolicies(name, toJson(name, document)),
    lineOf: (place) => lineOf(offsetOf(document, place)),
  };
}

function toJson(name: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES, reviver: (_key, value) => toJsonValue(value) });
  } catch (error) {
    throw misuse(`${name}: ${(error as Error).message}`);
  }
}

/** JSON has no NaN, no infinities and no times: they are sent as the texts that the scalars of the schema take. */
function toJsonValue(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
}

function toPolicies(file: string, content: unknown): FilePolicy[] {
  const { policies, ...others } = isObject(content) ? content : {};
  if (!Array.isArray(policies)) throw misuse(`${file}: the file must have a list named policies.`);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw misuse(`${file}: ${JSON.stringify(other)} is not known: beside policies, nothing may stand in the file.`);
  const names = new Set<string>();
  return policies.map((input: unknown, index): FilePolicy => {
    const place = `${file}: policies[${index}]`;
    if (!isObject(input) || typeof input.name !== "string") throw misuse(`${place} must have a name.`);
    const { name } = input;
    if (names.has(name)) throw misuse(`${place}: the name ${JSON.stringify(name)} stands in the file twice.`);
    if ("dryRun" in input) throw misuse(`${place}: dryRun does not belong in the file. Use --dry-run.`);
    names.add(name);
    return { name, index, input };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where the place begins, or what is there of it. */
function offsetOf(document: Document, place: string): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of place.match(/[^.[\]]+/g) ?? []) {
    if (isAlias(node)) node = node.resolve(document);
    const next: { key?: Node | null; node: unknown } | null = isMap(node)
      ? memberOf(node.items, step)
      : isSeq(node)
        ? { node: node.items[Number(step)] }
        : null;
    if (!next) break;
    node = next.node;
    offset = startOf(next.key) ?? startOf(node as Node | null) ?? offset;
  }
  return offset;
}

function memberOf(items: readonly { key: unknown; value: unknown }[], name: string) {
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === name);
  return pair ? { key: pair.key as Node, node: pair.value } : null;
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
