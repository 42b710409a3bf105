import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.js";
import { KNOWN_VARIABLES } from "../../src/config/variables.js";
import { listDocuments, ROOT } from "./blocks.js";

/** What the texts of the documents name must exist; blocks are checked by running them. */
const documents = listDocuments();
const read = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");

/** `shelfmark watch` sets these for its command; they are not settings. */
const SET_BY_WATCH = ["MODEL", "VERSION", "STAGE", "ALIAS", "DIGEST", "SOURCE", "FROM", "TO", "CURSOR"].map(
  (name) => `SHELFMARK_${name}`,
);
const VARIABLE = /\b(?:SHELFMARK_[A-Z_]+[A-Z]|OTEL_[A-Z_]+[A-Z]|DATABASE_URL|LOG_LEVEL|HOST|PORT)\b/g;
const variablesIn = (text: string) => new Set(text.match(VARIABLE));

test("every environment variable in a document is one that Shelfmark reads or sets", () => {
  const known = new Set([...KNOWN_VARIABLES, ...SET_BY_WATCH]);
  expect(
    findUnknown(
      ({ text }) => variablesIn(text),
      (name) => known.has(name),
    ),
  ).toEqual([]);
});

test("src/config/README.md has every environment variable that Shelfmark reads", () => {
  const documented = variablesIn(read("src/config/README.md"));
  expect(KNOWN_VARIABLES.filter((name) => !documented.has(name))).toEqual([]);
});

test("every metric in a document is one that Shelfmark counts", () => {
  const code = readdirSync(`${ROOT}src/telemetry`).filter((name) => name.endsWith(".ts"));
  const known = new Set(code.flatMap((name) => read(`src/telemetry/${name}`).match(/(?<=")shelfmark_\w+/g) ?? []));
  expect(
    findUnknown(
      ({ text }) => text.match(/\bshelfmark_[a-z]\w+/g) ?? [],
      (name) => known.has(name),
    ),
  ).toEqual([]);
});

const CODE_FILE = /^[\w./-]+\.(ts|tsx|mjs|prisma|sql)$/;
const FOLDER = /^(src|test|prisma|\.ci|\.github)\/[\w./-]+$/;

test("every file and folder in a document exists", () => {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`));
  const isAnywhere = (name: string) => !name.includes("/") && files.some((file) => basename(file) === name);
  const paths = ({ spans }: { spans: readonly string[] }) =>
    spans.filter((each) => CODE_FILE.test(each) || FOLDER.test(each));
  const isKnown = (name: string, path: string) => {
    const own = documents.find((document) => document.path === path)?.blocks.map(({ options }) => options.get("name"));
    const target = normalize(name).replace(/\/$/, "");
    return (
      isThere(target) || isThere(normalize(join(dirname(path), target))) || isAnywhere(target) || own?.includes(name)
    );
  };
  expect(findUnknown(paths, isKnown)).toEqual([]);
});

test("every command and option in a document is one of the command line", () => {
  const program = buildProgram({ io: NO_IO, exitWith: () => {} });
  const complaints = documents.flatMap(({ path, spans }) =>
    spans
      .filter((span) => /^shelfmark /.test(span))
      .flatMap((span) => unknownIn(program, span).map((word) => `${path}: \`${span}\`: ${word}`)),
  );
  expect(complaints).toEqual([]);
});

test("every option in src/cli/README.md is one of the command line", () => {
  const all = commandsOf(buildProgram({ io: NO_IO, exitWith: () => {} })).flatMap(flagsOf);
  const cli = documents.filter(({ path }) => path === "src/cli/README.md");
  const options = cli.flatMap(({ spans }) =>
    spans.filter((span) => span.startsWith("--")).flatMap((span) => span.match(FLAG) ?? []),
  );
  expect(options.filter((flag) => !all.includes(flag))).toEqual([]);
});

const NO_IO = {
  env: {},
  now: () => new Date(0),
  out() {},
  err() {},
  readStdin: async () => "",
  untilStopped: async () => {},
  ask: null,
  onReload() {},
};
const FLAG = /(?<![\w-])--[a-z][a-z-]+/g;

function commandsOf(program: Command): Command[] {
  return [program, ...program.commands.flatMap(commandsOf)];
}

function flagsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), "--help", "--version"];
}

/** The words of a command line, up to the first that is not a command, and the options that the command does not have. */
function unknownIn(program: Command, line: string): string[] {
  const words = line.split(/\s+/).slice(1);
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (!next) {
      const isArgument = command !== program || /^[-<[…]/.test(word);
      if (!isArgument) return [word];
      break;
    }
    command = next;
  }
  return (line.match(FLAG) ?? []).filter((flag) => !flagsOf(command).includes(flag));
}

type Named = (typeof documents)[number];

function findUnknown(
  namesIn: (document: Named) => Iterable<string>,
  isKnown: (name: string, path: string) => boolean | undefined,
): string[] {
  return documents.flatMap((document) =>
    [...new Set(namesIn(document))]
      .filter((name) => !isKnown(name, document.path))
      .map((name) => `${document.path}: ${name}`),
  );
}
