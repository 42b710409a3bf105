import { expect, test } from "vitest";
import { toLoggedError } from "../../src/util/logged-error.js";

const SECRET = "hunter2";
const withDetails = (error: Error, more: object) => Object.assign(error, more);

test.each<[string, unknown, object]>([
  ["an error of ours", new RangeError("too long"), { type: "RangeError", message: "too long" }],
  [
    "a row that a database adds to its error",
    withDetails(new Error('new row violates check constraint "c"'), { code: "23514", detail: `(${SECRET})` }),
    { message: 'new row violates check constraint "c"', code: "23514" },
  ],
  [
    "a value in the message of a database",
    withDetails(new Error(`invalid input syntax for type uuid: "${SECRET}\n"`), { code: "22P02" }),
    { message: 'invalid input syntax for type uuid: "…"' },
  ],
  [
    "a value in the message of Prisma",
    withDetails(new Error(`Database error. Code: \`22P02\`. Message: \`invalid input: "${SECRET}"\``), {
      code: "P2039",
      meta: { driverAdapterError: { cause: { detail: SECRET } } },
    }),
    { message: expect.stringMatching(/invalid input: "…"$/), code: "P2039" },
  ],
  [
    "a cause",
    new Error("outer", { cause: withDetails(new Error("inner"), { where: SECRET }) }),
    { message: "outer", cause: expect.objectContaining({ message: "inner" }) },
  ],
  ["a thrown value that is not an error", SECRET, { type: "string" }],
])("%s", (_name, error, expected) => {
  const logged = toLoggedError(error);
  expect(logged).toMatchObject(expected);
  expect(JSON.stringify(logged)).not.toContain(SECRET);
});

test("a circular chain of causes is cut off", () => {
  const error = new Error("round");
  error.cause = error;
  expect(JSON.stringify(toLoggedError(error)).match(/round/g)?.length).toBeLessThan(20);
});
