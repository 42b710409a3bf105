import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { buildSchema, parse as parseGraphQL, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { runOf } from "./block-run.js";
import { listDocuments, placeOf, ROOT } from "./blocks.js";
import { findUnrunCommands } from "./ci-commands.js";
import type { Block, MarkdownDocument } from "./markdown.js";

const documents = listDocuments();
const schema = buildSchema(readFileSync(`${ROOT}schema.graphql`, "utf8"));

const read = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");
const exists = (path: string) => existsSync(`${ROOT}${path}`);

describe.each(documents.map((document) => [document.path, document] as const))("%s", (_path, document) => {
  test("every block has a way to run", () => {
    expect(document.blocks.flatMap((each) => complaintsOf(() => void runOf(each)))).toEqual([]);
    expect(document.blocks.flatMap((each, index) => complaintsOf(() => checkRun(document, each, index)))).toEqual([]);
  });

  test("every block is well formed", () => {
    expect(document.blocks.flatMap((each) => complaintsOf(() => checkSyntax(each)))).toEqual([]);
  });

  test("every link leads to a file, and to a heading of it", () => {
    expect(document.links.filter(({ href }) => !resolves(document, href)).map(({ href }) => href)).toEqual([]);
  });
});

function complaintsOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function checkRun(document: MarkdownDocument, block: Block, index: number): void {
  const run = runOf(block);
  if (run.kind === "test") checkTest(document, block, run.file);
  const later = document.blocks.slice(index + 1);
  const file = block.options.get("file");
  if (file !== undefined && !later.some((each) => each.language === "sh" && each.text.includes(file))) {
    throw new Error(`${placeOf(block)}: no sh block below uses ${file}.`);
  }
  if (run.kind === "variables" && later[0]?.language !== "graphql") {
    throw new Error(`${placeOf(block)}: variables stand directly before their operation.`);
  }
  if (run.kind === "output" && !document.blocks.slice(0, index).some((each) => prints(each))) {
    throw new Error(`${placeOf(block)}: no block above prints anything.`);
  }
}

const prints = (block: Block) => ["shell", "background", "graphql"].includes(runOf(block).kind);

/** A test that runs a block reads its document, or what test/clients/setup.mjs wrote from it. .ci/run has its commands. */
function checkTest(document: MarkdownDocument, block: Block, file: string): void {
  if (!exists(file)) throw new Error(`${placeOf(block)}: there is no ${file}.`);
  if (file === ".ci/run") {
    const missing = findUnrunCommands(block.text, read(file));
    if (missing.length > 0) throw new Error(`${placeOf(block)}: .ci/run does not run ${missing.join(" or ")}.`);
    return;
  }
  const reads = (reader: string, ...texts: string[]) =>
    exists(reader) && texts.every((text) => read(reader).includes(text));
  const stem = block.options.get("name")?.replace(/\.\w+$/, "") ?? "";
  const isGenerated = reads(`${dirname(file)}/setup.mjs`, `"${document.path}"`) && reads(file, `generated/${stem}`);
  if (!isGenerated && !reads(file, `"${document.path}"`)) {
    throw new Error(`${placeOf(block)}: ${file} does not read "${document.path}".`);
  }
}

function checkSyntax(block: Block): void {
  const { language, text } = block;
  const fail = (why: string) => {
    throw new Error(`${placeOf(block)}: ${why}`);
  };
  if (language === "json") JSON.parse(text);
  if (language === "sh") execFileSync("bash", ["-n"], { input: text, stdio: ["pipe", "ignore", "pipe"] });
  if (language === "yaml") for (const { errors } of parseAllDocuments(text)) if (errors[0]) fail(errors[0].message);
  if (language === "graphql") {
    const [error] = validate(schema, parseGraphQL(text));
    if (error) fail(error.message);
  }
}

function resolves(document: MarkdownDocument, href: string): boolean {
  if (/^(https?|mailto):/.test(href)) return true;
  const [path = "", anchor] = decodeURI(href).split("#");
  const target = path === "" ? document.path : normalize(join(dirname(document.path), path)).replace(/\/$/, "");
  if (!exists(target)) return false;
  if (anchor === undefined) return true;
  const readme = statSync(`${ROOT}${target}`).isDirectory() ? `${target}/README.md` : target;
  return documents.some(({ path: other, anchors }) => other === readme && anchors.has(anchor));
}

test("README.md takes five minutes", () => {
  expect(read("README.md").split("\n").length - 1).toBeLessThanOrEqual(200);
});
