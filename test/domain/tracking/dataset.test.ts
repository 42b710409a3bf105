import { expect, test } from "vitest";
import { parseDatasetDigest } from "../../../src/domain/tracking/dataset.js";
import { refusalOf } from "../../support/refusal.js";

test.each(["a1b2c3d4", `sha256:${"0".repeat(64)}`, "v1.2+3", "aGk=", "12", "x".repeat(128)])(
  "a digest may be %s",
  (digest) => {
    expect(parseDatasetDigest("input.digest", digest)).toBe(digest);
  },
);

test.each(["", " a", "-a", "=a", "a b", "a\n", "é", "a%", "x".repeat(129)])("a digest may not be %j", (digest) => {
  expect(refusalOf(() => parseDatasetDigest("input.digest", digest)).field).toBe("input.digest");
});
