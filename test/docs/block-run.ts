import { placeOf } from "./blocks.js";
import type { Block } from "./markdown.js";

/** What a block may need beside a shell. */
export type World = "checkout" | "postgres" | "issuer" | "none";

/** How a block is run. */
export type BlockRun =
  | { readonly kind: "shell"; readonly fails: boolean; readonly world?: World; readonly stopped: boolean }
  | { readonly kind: "background"; readonly until: RegExp; readonly world?: World }
  | { readonly kind: "graphql" }
  /** What the block before printed or answered. */
  | { readonly kind: "output"; readonly format: "text" | "json"; readonly of?: string }
  /** The variables of the next operation. */
  | { readonly kind: "variables" }
  /** Saved for a later block. */
  | { readonly kind: "file"; readonly name: string }
  /** Run by a test of its own. */
  | { readonly kind: "test"; readonly file: string }
  /** Parsed or validated, and for people to read. */
  | { readonly kind: "text" };

type Option = "by" | "file" | "name" | "of" | "until" | "world";
type Flag = "background" | "fails" | "output" | "parse" | "stopped" | "variables";

/** The words that a language understands. A language that is not here runs only by a test or as a file. */
const WORDS: Readonly<Record<string, { readonly flags: readonly Flag[]; readonly options: readonly Option[] }>> = {
  sh: { flags: ["background", "fails", "stopped"], options: ["by", "file", "name", "until", "world"] },
  graphql: { flags: ["parse"], options: ["by", "file", "name"] },
  json: { flags: ["output", "variables"], options: ["by", "file", "name", "of"] },
  yaml: { flags: [], options: ["by", "file", "name"] },
  text: { flags: ["output"], options: ["by", "file", "name", "of"] },
};
const OTHER_WORDS = { flags: [], options: ["by", "file", "name"] } as const;
const WORLDS: readonly World[] = ["checkout", "postgres", "issuer", "none"];

/** How a block is run; throws a sentence for one that nothing would run. */
export function runOf(block: Block): BlockRun {
  checkWords(block);
  const { language, flags, options, text } = block;
  const by = options.get("by");
  if (by !== undefined) return { kind: "test", file: by };
  const of = options.get("of");
  const name = options.get("file");
  if (name !== undefined) return { kind: "file", name };
  switch (language) {
    case "sh":
      return shellRun(block);
    case "graphql":
      return { kind: flags.has("parse") ? "text" : "graphql" };
    case "json":
    case "text":
      if (flags.has("variables")) return { kind: "variables" };
      if (!flags.has("output")) return { kind: "text" };
      return { kind: "output", format: language, ...(of === undefined ? {} : { of }) };
    case "yaml":
      return { kind: "text" };
    default:
      throw new Error(`${placeOf(block)} has no way to run: ${JSON.stringify(text.split("\n")[0])}. Add by= or file=.`);
  }
}

function shellRun(block: Block): BlockRun {
  const { flags, options } = block;
  const world = worldOf(block);
  if (!flags.has("background")) {
    return { kind: "shell", fails: flags.has("fails"), stopped: flags.has("stopped"), ...(world ? { world } : {}) };
  }
  const until = options.get("until");
  if (until === undefined) throw new Error(`${placeOf(block)} runs in the background until when? Add until=<regex>.`);
  return { kind: "background", until: new RegExp(until), ...(world ? { world } : {}) };
}

function worldOf(block: Block): World | undefined {
  const text = block.options.get("world");
  const world = WORLDS.find((known) => known === text);
  if (text !== undefined && !world) throw new Error(`${placeOf(block)}: world=${text} is not one of ${WORLDS}.`);
  return world;
}

function checkWords(block: Block): void {
  const { language, flags, options } = block;
  if (language === "") throw new Error(`${placeOf(block)} has no language. Put one behind the fence.`);
  const known = WORDS[language] ?? OTHER_WORDS;
  for (const word of [...flags, ...options.keys()]) {
    const isKnown = [...known.flags, ...known.options].some((each) => each === word);
    if (!isKnown) throw new Error(`${placeOf(block)}: "${word}" means nothing after ${language}.`);
  }
}
