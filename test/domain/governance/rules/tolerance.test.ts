import fc from "fast-check";
import { expect, test } from "vitest";
import { isWorse } from "../../../../src/domain/governance/rules/tolerance.js";

const INF = Number.POSITIVE_INFINITY;
const absolute = (value: number) => ({ absolute: value });
const relative = (value: number) => ({ relative: value });

test.each([
  { tolerance: absolute(0), holder: 1, least: 1, tooLow: 0.999 },
  { tolerance: absolute(0.5), holder: 1, least: 0.5, tooLow: 0.499 },
  { tolerance: absolute(0.5), holder: -1, least: -1.5, tooLow: -1.501 },
  { tolerance: relative(0), holder: 1, least: 1, tooLow: 0.999 },
  { tolerance: relative(0.25), holder: 4, least: 3, tooLow: 2.999 },
  { tolerance: relative(0.25), holder: 0, least: 0, tooLow: -Number.MIN_VALUE },
  { tolerance: relative(0.25), holder: -4, least: -4, tooLow: -4.001 },
  { tolerance: relative(2), holder: 4, least: -4, tooLow: -4.001 },
  { tolerance: absolute(5), holder: INF, least: INF, tooLow: Number.MAX_VALUE },
  { tolerance: relative(0), holder: INF, least: INF, tooLow: Number.MAX_VALUE },
  { tolerance: absolute(0), holder: -INF, least: -INF, tooLow: Number.NaN },
  { tolerance: relative(1), holder: -INF, least: -INF, tooLow: Number.NaN },
])("not below $least where the holder has $holder", ({ tolerance, holder, least, tooLow }) => {
  const higher = { direction: "HIGHER_IS_BETTER", tolerance } as const;
  expect([isWorse(higher, least, holder), isWorse(higher, tooLow, holder)]).toEqual([false, true]);
});

test.each([
  { tolerance: absolute(0), holder: 1, most: 1, tooHigh: 1.001 },
  { tolerance: absolute(0.5), holder: 1, most: 1.5, tooHigh: 1.501 },
  { tolerance: relative(0.25), holder: 4, most: 5, tooHigh: 5.001 },
  { tolerance: relative(0.25), holder: 0, most: 0, tooHigh: Number.MIN_VALUE },
  { tolerance: relative(0.25), holder: -4, most: -4, tooHigh: -3.999 },
  { tolerance: absolute(5), holder: -INF, most: -INF, tooHigh: -Number.MAX_VALUE },
  { tolerance: relative(0), holder: INF, most: INF, tooHigh: Number.NaN },
])("not above $most where the holder has $holder", ({ tolerance, holder, most, tooHigh }) => {
  const lower = { direction: "LOWER_IS_BETTER", tolerance } as const;
  expect([isWorse(lower, most, holder), isWorse(lower, tooHigh, holder)]).toEqual([false, true]);
});

const number = fc.double();
const share = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const tolerance = fc.oneof(share.map(absolute), share.map(relative));
const direction = fc.constantFrom("HIGHER_IS_BETTER", "LOWER_IS_BETTER");

test("NaN on either side is worse; equal and better values never are", () => {
  fc.assert(
    fc.property(fc.record({ direction, tolerance }), number, number, (rule, value, holder) => {
      if (Number.isNaN(value) || Number.isNaN(holder)) return isWorse(rule, value, holder);
      const isBetter = rule.direction === "HIGHER_IS_BETTER" ? value >= holder : value <= holder;
      return !isBetter || !isWorse(rule, value, holder);
    }),
  );
});

test("without a tolerance, one of two different values is worse", () => {
  fc.assert(
    fc.property(direction, number, number, (each, a, b) => {
      fc.pre(!Number.isNaN(a) && !Number.isNaN(b) && a !== b);
      const rule = { direction: each, tolerance: { absolute: 0 } };
      return isWorse(rule, a, b) !== isWorse(rule, b, a);
    }),
  );
});
