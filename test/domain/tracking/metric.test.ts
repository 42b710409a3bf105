import fc from "fast-check";
import { expect, test } from "vitest";
import { fromRank, parseKey, toRank } from "../../../src/domain/tracking/metric.js";
import { openTestDatabase } from "../../support/database/database.js";
import { refusalOf } from "../../support/refusal.js";

const SPECIAL = [
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1,
  -Number.MIN_VALUE,
  0,
  Number.MIN_VALUE,
  1,
  Number.POSITIVE_INFINITY,
];

test("ranks have the order of the numbers, and NaN comes first", () => {
  expect([...SPECIAL].sort((a, b) => (toRank(a) < toRank(b) ? -1 : 1))).toEqual(SPECIAL);
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      expect(toRank(a) < toRank(b)).toBe(a < b);
    }),
  );
});

test("a rank converts back to its number, and -0 to 0", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(fromRank(toRank(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test("the database computes the same ranks", async () => {
  const database = await openTestDatabase();
  try {
    const values = [...SPECIAL, ...fc.sample(fc.double(), 200)];
    const { rows } = await database.pool.query<{ rank: string }>(
      `SELECT metric_rank(v::double precision)::text AS "rank" FROM unnest($1::text[]) WITH ORDINALITY AS t(v, i) ORDER BY i`,
      [values.map(String)],
    );
    expect(rows.map(({ rank }) => rank)).toEqual(values.map((value) => toRank(value).toString()));
  } finally {
    await database.close();
  }
});

test.each(["", " ", "a\nb", "a\u0000", "\ud800", "x".repeat(251)])(
  "the key of a metric or param may not be %j",
  (key) => {
    expect(refusalOf(() => parseKey("k", key)).field).toBe("k");
  },
);

test.each(["val/loss", "Fläche", "😀".repeat(250), " a"])("the key of a metric or param may be %j", (key) => {
  expect(parseKey("k", key)).toBe(key);
});
