import { expect, test } from "vitest";
import { parseClientTime } from "../../../src/domain/values/client-time.js";
import { refusalOf } from "../../support/refusal.js";

test("a client's time is not before 1970", () => {
  expect(parseClientTime("t", new Date(0))).toEqual(new Date(0));
  expect(refusalOf(() => parseClientTime("t", new Date(-1)))).toEqual({
    field: "t",
    message: "t must not be before 1970.",
  });
});
