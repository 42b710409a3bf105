import { describe, expect, test } from "vitest";
import type { StayFact } from "../../../../src/domain/governance/facts.js";
import type { RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { find, said, stayOf } from "../promotions.js";

const STAGING = { stage: "STAGING" } as const;
const CANARY = { alias: "canary" };
const NOW = { ...STAGING, held: "NOW", minimumSeconds: 100 } as const;
const EVER = { ...NOW, held: "EVER" } as const;

test.each<[string, RuleFields["previous"], StayFact[], string]>([
  ["exactly long enough", NOW, [stayOf(STAGING, 100)], "PASSED"],
  ["a second too short", NOW, [stayOf(STAGING, 99)], "FAILED"],
  ["any length", { ...NOW, minimumSeconds: 0 }, [stayOf(STAGING, 0)], "PASSED"],
  ["no longer there", NOW, [stayOf(STAGING, 500, 200)], "FAILED"],
  ["was there", EVER, [stayOf(STAGING, 500, 200)], "PASSED"],
  ["was there for exactly long enough", EVER, [stayOf(STAGING, 300, 200)], "PASSED"],
  ["was there too shortly", EVER, [stayOf(STAGING, 299, 200)], "FAILED"],
  ["two stays do not add up", EVER, [stayOf(STAGING, 300, 230), stayOf(STAGING, 200, 130)], "FAILED"],
  ["the longer one counts", EVER, [stayOf(STAGING, 50), stayOf(STAGING, 900, 100)], "PASSED"],
  ["never there", EVER, [], "FAILED"],
  ["another stage", EVER, [stayOf({ stage: "PRODUCTION" }, 900)], "FAILED"],
  ["under the alias", { ...CANARY, held: "NOW", minimumSeconds: 100 }, [stayOf(CANARY, 100)], "PASSED"],
  ["another alias", { ...CANARY, held: "NOW", minimumSeconds: 0 }, [stayOf({ alias: "Canary" }, 100)], "FAILED"],
  ["a stage is no alias", { alias: "STAGING", held: "NOW", minimumSeconds: 0 }, [stayOf(STAGING, 100)], "FAILED"],
])("%s", (_, rule, stays, verdict) => {
  expect(find("previous", rule, { stays }).verdict).toBe(verdict);
});

test("says when it will be met, if only time is missing", () => {
  expect(
    find("previous", { ...NOW, minimumSeconds: 86_400 }, { stays: [stayOf(STAGING, 3_600)] }),
  ).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "at": "2026-03-01T11:00:00.000Z",
          "key": "STAGING",
          "kind": "STAY",
          "summary": "in STAGING since 2026-03-01T11:00:00.000Z",
        },
      ],
      "explanation": "The version has not been in STAGING for long enough yet.",
      "satisfy": "Leave the version in STAGING: the rule is met on 2026-03-02T11:00:00.000Z.",
      "verdict": "FAILED",
    }
  `);
});

test("a stay that lasts will meet the rule, also beside a longer one that ended", () => {
  const found = find("previous", EVER, { stays: [stayOf(STAGING, 290, 200), stayOf(STAGING, 40)] });
  expect(found.satisfy).toMatchInlineSnapshot(
    `"Leave the version in STAGING: the rule is met on 2026-03-01T12:01:00.000Z."`,
  );
  expect(found.evidence).toHaveLength(2);
});

test("says what would satisfy it", () => {
  expect(said(find("previous", NOW))).toMatchInlineSnapshot(`"FAILED: The version is not in STAGING."`);
  expect(find("previous", NOW).satisfy).toMatchInlineSnapshot(
    `"Put the version in STAGING, and leave it there for at least 100 seconds."`,
  );
  expect(find("previous", { ...CANARY, held: "EVER", minimumSeconds: 0 }).satisfy).toMatchInlineSnapshot(
    `"Put the version under the alias "canary"."`,
  );
  expect(RULES.previous.describe(EVER)).toMatchInlineSnapshot(
    `"The version is or was in STAGING, for at least 100 seconds."`,
  );
});

describe("input", () => {
  const parse = (input: Parameters<typeof RULES.previous.parse>[1]) => RULES.previous.parse("previous", input);

  test("gets its defaults", () => {
    expect(parse({ stage: "STAGING", alias: null })).toEqual({ stage: "STAGING", held: "NOW", minimumSeconds: 0 });
  });

  test.each([
    [{}, "previous"],
    [{ stage: "STAGING", alias: "canary" } as const, "previous"],
    [{ alias: "" }, "previous.alias"],
    [{ alias: "v1" }, "previous.alias"],
    [{ alias: "canary", minimumSeconds: -1 }, "previous.minimumSeconds"],
    [{ alias: "canary", minimumSeconds: 0.5 }, "previous.minimumSeconds"],
    [{ alias: "canary", minimumSeconds: 11 * 366 * 86_400 }, "previous.minimumSeconds"],
  ])("%j is refused", (input, field) => {
    expect(refusalOf(() => parse(input)).field).toBe(field);
  });
});
