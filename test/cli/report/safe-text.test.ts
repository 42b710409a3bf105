import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeSpan, csvCell, oneLine } from "../../../src/cli/report/safe-text.js";

describe("a cell that a spreadsheet would run begins with an apostrophe", () => {
  test.each([
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
  ])("%j", (text) => {
    expect(csvCell(text)).toMatch(/^"'/);
  });

  test.each(["", "fraud", "2026-11-30", "a=b", "0.5"])("%j does not", (text) => {
    expect(csvCell(text)).toBe(`"${text}"`);
  });
});

test("a cell is one line, its quotes are doubled, and terminals and readers are not misled", () => {
  expect(csvCell('say "hi",\r\n=1+1')).toBe(`"say ""hi"", =1+1"`);
  expect(oneLine("a\u001b[31mred\u202egnp.exe\u0000")).toBe("a\\u{1b}[31mred\\u{202e}gnp.exe\\u{0}");
});

test("for any text a cell stays within its quotes and on its line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const cell = csvCell(text);
      expect(cell).toMatch(/^"(?:[^"\r\n]|"")*"$/u);
      expect(cell.slice(1)).not.toMatch(/^\s*[=+\-@]/u);
    }),
  );
});

test.each([
  ["plain", "`plain`"],
  ["", "(empty)"],
  [" \n ", "(empty)"],
  ["a`b", "``a`b``"],
  ["``", "``` `` ```"],
  ["# heading\n\n- list", "`# heading - list`"],
  ["<script>alert(1)</script>", "`<script>alert(1)</script>`"],
  ["[x](javascript:alert(1)) @octocat", "`[x](javascript:alert(1)) @octocat`"],
])("%j is a code span: %j", (text, span) => {
  expect(codeSpan(text)).toBe(span);
});

test("for any text a code span does not end before its end", () => {
  const texts = fc.array(fc.constantFrom("`", "``", "a", " ", "\n", "<", "*", "\\")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const span = codeSpan(text);
      if (span === "(empty)") return;
      const [fence = ""] = /^`+/.exec(span) ?? [];
      const inside = span.slice(fence.length, -fence.length);
      expect(span.endsWith(fence)).toBe(true);
      expect(span).not.toMatch(/[\r\n]/);
      expect(inside.match(/`+/g) ?? []).not.toContain(fence);
      expect(inside).not.toMatch(/^`|`$/);
    }),
  );
});
