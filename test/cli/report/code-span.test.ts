import fc from "fast-check";
import { expect, test } from "vitest";
import { codeSpan } from "../../../src/cli/report/code-span.js";

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
