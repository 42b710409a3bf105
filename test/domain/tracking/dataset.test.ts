import { describe, expect, test } from "vitest";
import { parseContext, parseDatasetDigest, parseDatasetName } from "../../../src/domain/tracking/dataset.js";
import { parseExperimentName } from "../../../src/domain/tracking/experiment.js";
import { refusalOf } from "../../support/refusal.js";

describe("a digest", () => {
  test.each(["a1b2c3d4", `sha256:${"0".repeat(64)}`, "v1.2+3", "aGk=", "12", "x".repeat(128)])("%s", (digest) => {
    expect(parseDatasetDigest("input.digest", digest)).toBe(digest);
  });

  test.each(["", " a", "-a", "=a", "a b", "a\n", "é", "a%", "x".repeat(129)])("is not %j", (digest) => {
    expect(refusalOf(() => parseDatasetDigest("input.digest", digest)).field).toBe("input.digest");
  });
});

describe.each([
  ["dataset", parseDatasetName],
  ["experiment", parseExperimentName],
])("the name of a %s", (_noun, parse) => {
  test.each(["iris", "a/b/c", "Größe 1", "😀".repeat(500)])("%s", (name) => {
    expect(parse("input.name", name)).toBe(name);
  });

  test.each(["", " ", " a", "a ", "a\tb", "a\u0000", "\udc00", "x".repeat(501), "e\u0301"])("is not %j", (name) => {
    expect(refusalOf(() => parse("input.name", name)).field).toBe("input.name");
  });
});

test("a context that was not given is an empty one", () => {
  expect([undefined, null, "training"].map((given) => parseContext("c", given))).toEqual(["", "", "training"]);
  expect(refusalOf(() => parseContext("c", " ")).field).toBe("c");
});
