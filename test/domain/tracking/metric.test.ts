import fc from "fast-check";
import { expect, test } from "vitest";
import { fromRank, toRank } from "../../../src/domain/tracking/metric.js";
import { openTestDatabase } from "../../support/database/database.js";

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

test("ranks keep the order of the numbers, NaN before all", () => {
  expect([...SPECIAL].sort((a, b) => (toRank(a) < toRank(b) ? -1 : 1))).toEqual(SPECIAL);
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      expect(toRank(a) < toRank(b)).toBe(a < b);
    }),
  );
});

test("a rank gives its number back, and -0 as 0", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(fromRank(toRank(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test("the database ranks as we do", async () => {
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
