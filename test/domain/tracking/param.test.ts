import { expect, test } from "vitest";
import { parseParams } from "../../../src/domain/tracking/param.js";
import { refusalOf } from "../../support/refusal.js";

const params = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `p${i}`, value: "v" }));

test("at most 100 params, with values of at most 6 000 characters", () => {
  expect(parseParams("params", params(100))).toEqual(params(100));
  expect(refusalOf(() => parseParams("params", params(101)))).toEqual({
    field: "params",
    message: "params has 101 entries; at most 100 are allowed.",
  });
  expect(refusalOf(() => parseParams("params", [{ key: "p", value: "x".repeat(6_001) }])).field).toBe(
    "params[0].value",
  );
});

test("each key once", () => {
  expect(refusalOf(() => parseParams("params", [...params(2), ...params(1)]))).toEqual({
    field: "params[2].key",
    message: 'params has the key "p0" twice.',
  });
});
