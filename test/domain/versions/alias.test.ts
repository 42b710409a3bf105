import { expect, test } from "vitest";
import { parseAlias } from "../../../src/domain/versions/alias.js";
import { refusalOf } from "../../support/refusal.js";

test.each(["champion", "A", "_", "-", "v", "v1a", "1", "latest-1", "xlatest", "x".repeat(255)])(
  "an alias may be %j",
  (alias) => {
    expect(parseAlias("alias", alias)).toBe(alias);
  },
);

test.each(["latest", "LATEST", "v1", "V007", "v0"])("%j is reserved", (alias) => {
  expect(refusalOf(() => parseAlias("input.alias", alias))).toMatchObject({
    field: "input.alias",
    message: expect.stringContaining("reserved"),
  });
});

test.each(["", " ", "a b", "a.b", "a/b", "é", "a\n", "a\u0000", "😀", "x".repeat(256)])(
  "an alias may not be %j",
  (alias) => {
    expect(refusalOf(() => parseAlias("input.alias", alias))).toMatchObject({
      field: "input.alias",
      message: expect.stringContaining("1 to 255 letters"),
    });
  },
);
