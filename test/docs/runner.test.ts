import { describe, expect, test } from "vitest";
import { runOf } from "./block-run.js";
import { findUnrunCommands } from "./ci-commands.js";
import { parseMarkdown } from "./markdown.js";
import { expectJson, expectText } from "./run/results.js";

const fence = (info: string, text = "true") => `\`\`\`${info}\n${text}\n\`\`\`\n`;
const only = (text: string) => {
  const [block] = parseMarkdown("some.md", text).blocks;
  if (!block) throw new Error("There is no block.");
  return block;
};
const printed = (text: string) => ({ text: () => text, isOver: () => true, json: async () => JSON.parse(text) });

test("a document's blocks, links and anchors are found wherever they are", () => {
  const text = `# A \`title\`\n\n- in a [list](a.md#b)\n\n  ${fence("sh name=x fails", "false").replaceAll("\n", "\n  ")}\n## A title\n\n| a |\n| --- |\n| [cell](c.md) |\n`;
  const { blocks, links, anchors, spans } = parseMarkdown("some.md", text);
  expect(blocks).toMatchObject([{ line: 5, heading: "A title", language: "sh", text: "false\n" }]);
  expect([...(blocks[0]?.flags ?? [])]).toEqual(["fails"]);
  expect([...(blocks[0]?.options ?? [])]).toEqual([["name", "x"]]);
  expect(links.map(({ href }) => href)).toEqual(["a.md#b", "c.md"]);
  expect([...anchors]).toEqual(["a-title", "a-title-1"]);
  expect(spans).toEqual(["title"]);
});

describe("a block that nothing would run is refused", () => {
  test.each([
    ["", "some.md:1 has no language. Put one behind the fence."],
    ["rust", 'some.md:1 has no way to run: "true". Add by= or file=.'],
    ["sh skip", 'some.md:1: "skip" means nothing after sh.'],
    ["graphql background", 'some.md:1: "background" means nothing after graphql.'],
    ["sh world=moon", "some.md:1: world=moon is not one of checkout,postgres,issuer,none."],
    ["sh background", "some.md:1 runs in the background until when? Add until=<regex>."],
  ])("%j", (info, complaint) => {
    expect(() => runOf(only(fence(info)))).toThrow(complaint);
  });

  test("also one that is only indented", () => {
    expect(() => runOf(only("Text:\n\n    npm start\n"))).toThrow("has no language");
  });
});

describe("output", () => {
  test.each([
    ["same", "same", true],
    ["same", "other", false],
    ["a … c", "a b c", true],
    ["a … c", "a\nc", false],
    ["…\nlast", "first\nsecond\nlast", true],
    ["…\nlast\n…", "last", true],
    ["…\nlast", "last\nmore", false],
    ["(a|b)", "a", false],
  ])("%j is expected, %j is printed: %j", async (expected, text, isEqual) => {
    const comparison = expectText(printed(text), expected);
    await (isEqual ? comparison : expect(comparison).rejects.toThrow());
  });

  test("JSON is compared as a value, in which … is any value", async () => {
    await expectJson(printed('{"b":[1,"x"],"a":2}'), '{ "a": 2, "b": [1, "…"] }');
    await expect(expectJson(printed('{"a":2}'), '{ "a": 3 }')).rejects.toThrow();
    await expect(expectJson(printed("{}"), '{ "a": "…" }')).rejects.toThrow();
  });
});

test("the commands of a block are those of .ci/run, whatever their arguments and settings", () => {
  const ci = "set -e\nnpm ci\nFUZZ_RUNS=1 npm run test:attack\nnpm run soak -- --seconds 30\n";
  const block =
    "npm ci && npm run soak -- --seconds 600   # long\nFUZZ_RUNS=9 npm run test:attack\n\n# none\nnpm run other\n";
  expect(findUnrunCommands(block, ci)).toEqual(["npm run other"]);
});
