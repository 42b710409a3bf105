import { expect, test } from "vitest";
import { authorOf } from "../../../src/domain/access/author.js";
import { WRITER } from "../../support/writer.js";

test("an author is the actor and what the token holds, sorted", () => {
  const viewer = { ...WRITER, scopes: new Set(["runs:write", "admin", "models:read"] as const) };
  expect(authorOf(viewer)).toEqual({
    issuer: "https://issuer.test",
    subject: "writer",
    name: null,
    kind: "MACHINE",
    scopes: ["admin", "models:read", "runs:write"],
    groups: [],
  });
});
