import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvCell, oneLine } from "../../src/util/safe-text.js";

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
  expect(oneLine("\u{1F468}\u200d\u{1F4BB} \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")).toBe(
    "\u{1F468}\u200d\u{1F4BB} \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
  );
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
