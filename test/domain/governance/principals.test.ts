import { expect, test } from "vitest";
import {
  accepts,
  describePrincipals,
  type Principals,
  parsePrincipals,
} from "../../../src/domain/governance/principals.js";
import { refusalOf } from "../../support/refusal.js";
import { TRUSTED } from "./promotions.js";

test.each<[Principals, boolean]>([
  [{ groups: ["other", "evaluation"] }, true],
  [{ groups: ["other"] }, false],
  [{ subjects: ["evaluator"], issuers: ["https://issuer.test"], scopes: ["runs:write"] }, true],
  [{ subjects: ["evaluator"], groups: ["other"] }, false],
  [{ subjects: ["Evaluator"] }, false],
  [{ issuers: ["https://issuer.test/"] }, false],
  [{ scopes: ["runs:read"] }, false],
])("%j accepts the author: %s", (principals, isAccepted) => {
  expect(accepts(principals, TRUSTED)).toBe(isAccepted);
  expect(accepts(principals, null)).toBe(false);
});

test("keeps what is given, each once", () => {
  expect(parsePrincipals("from", { groups: ["risk", "risk"], subjects: null })).toEqual({ groups: ["risk"] });
  expect(describePrincipals({ groups: ["risk", "legal"], scopes: ["runs:write"] })).toBe(
    "group risk or legal, scope runs:write",
  );
});

test.each([
  [{}, "from"],
  [{ groups: [] }, "from.groups"],
  [{ issuers: [" "] }, "from.issuers[0]"],
  [{ scopes: ["runs:wirte"] }, "from.scopes"],
  [{ subjects: Array.from({ length: 101 }, (_, i) => `s${i}`) }, "from.subjects"],
])("%j is refused", (input, field) => {
  expect(refusalOf(() => parsePrincipals("from", input)).field).toBe(field);
});
