import { expect, test } from "vitest";
import {
  ADMIN_SCOPES,
  holdsScope,
  isScope,
  NOT_IN_ADMIN,
  SCOPES,
  type Scope,
} from "../../../src/domain/access/scopes.js";

const held = (...scopes: Scope[]) => SCOPES.filter((scope) => holdsScope(new Set(scopes), scope));

test("admin stands for every scope but policies:override", () => {
  expect(SCOPES.filter((scope) => !held("admin").includes(scope))).toEqual(["policies:override"]);
  expect(held("admin")).toEqual(ADMIN_SCOPES);
  expect(held("admin", ...NOT_IN_ADMIN)).toEqual(SCOPES);
});

test("any other scope stands for itself", () => {
  for (const scope of SCOPES.filter((each) => each !== "admin")) expect(held(scope)).toEqual([scope]);
  expect(held()).toEqual([]);
});

test.each([
  ["checks:write", true],
  ["policies:override", true],
  ["policies:*", false],
  ["toString", false],
])("%s is a scope: %s", (text, known) => {
  expect(isScope(text)).toBe(known);
});
