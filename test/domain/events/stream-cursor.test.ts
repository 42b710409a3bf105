import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeStreamCursor, encodeStreamCursor } from "../../../src/domain/events/stream-cursor.js";

const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length }).map((all) => all.join(""));

const cursor = fc.record({
  logId: fc.uuid(),
  revision: fc.bigInt({ min: 0n, max: 9_999_999_999_999_999n }),
  hash: hex(64),
});

test("a cursor decodes to what was encoded, with the beginning of the hash", () => {
  fc.assert(
    fc.property(cursor, (each) => {
      expect(decodeStreamCursor(encodeStreamCursor(each))).toEqual({ ...each, hash: each.hash.slice(0, 16) });
    }),
  );
});

test("a changed cursor is refused, or decodes to exactly its text", () => {
  fc.assert(
    fc.property(cursor, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (each, at, character) => {
      const plain = Buffer.from(encodeStreamCursor(each), "base64url").toString();
      const index = at % plain.length;
      const tampered = plain.slice(0, index) + character + plain.slice(index + 1);
      const decoded = decodeStreamCursor(Buffer.from(tampered).toString("base64url"));
      if (decoded) expect(`${decoded.logId}.${decoded.revision}.${decoded.hash}`).toBe(tampered);
    }),
    { numRuns: 1000 },
  );
});

const LOG = "0198c0de-0000-7000-8000-000000000000";
test.each([
  "",
  "x",
  `${LOG}.1`,
  `${LOG}.01.0123456789abcdef`,
  `${LOG}.-1.0123456789abcdef`,
  `${LOG}.1.0123456789abcde`,
  `${LOG}.1.0123456789abcdef0`,
  `${LOG}.12345678901234567.0123456789abcdef`,
  `${LOG.toUpperCase()}.1.0123456789abcdef`,
  ` ${LOG}.1.0123456789abcdef`,
  `${LOG}.1.0123456789abcdef\n`,
])("%j is not a cursor", (plain) => {
  expect(decodeStreamCursor(Buffer.from(plain).toString("base64url"))).toBeNull();
});
