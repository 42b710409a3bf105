import { expect, test } from "vitest";
import { parseDigest, STATUS_MOVES, VERSION_STATUSES } from "../../../src/domain/versions/version.js";
import { refusalOf } from "../../support/refusal.js";

const HEX = "0123456789abcdef".repeat(4);

test("a digest is stored in lower case", () => {
  expect(parseDigest("digest", `sha256:${HEX}`)).toBe(`sha256:${HEX}`);
  expect(parseDigest("digest", `SHA256:${HEX.toUpperCase()}`)).toBe(`sha256:${HEX}`);
});

test.each([
  "",
  HEX,
  `sha256:${HEX}0`,
  `sha256:${HEX.slice(1)}`,
  `sha256:${HEX}\n`,
  `sha512:${HEX}${HEX}`,
  `sha256:${HEX.slice(1)}g`,
])("%j is not a digest", (digest) => {
  expect(refusalOf(() => parseDigest("input.digest", digest)).field).toBe("input.digest");
});

test("READY is final, and a failed registration starts again", () => {
  expect(Object.keys(STATUS_MOVES).sort()).toEqual([...VERSION_STATUSES].sort());
  expect(STATUS_MOVES).toEqual({
    PENDING_REGISTRATION: ["READY", "FAILED_REGISTRATION"],
    FAILED_REGISTRATION: ["PENDING_REGISTRATION"],
    READY: [],
  });
});
