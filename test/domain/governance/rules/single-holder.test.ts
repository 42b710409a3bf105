import { expect, test } from "vitest";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { find, HOLDER, said } from "../promotions.js";

const holders = [HOLDER, { ...HOLDER, id: "other", number: 2 }];

test("the stage is free", () => {
  expect(said(find("singleHolder", {}))).toMatchInlineSnapshot(`"PASSED: No other version is in PRODUCTION."`);
});

test("other versions hold the stage", () => {
  expect(find("singleHolder", {}, { holders })).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "kind": "HOLDER",
          "summary": "version 3 is in PRODUCTION",
          "versionNumber": 3,
        },
        {
          "kind": "HOLDER",
          "summary": "version 2 is in PRODUCTION",
          "versionNumber": 2,
        },
      ],
      "explanation": "Another version is in PRODUCTION.",
      "satisfy": "Move the other version out of PRODUCTION, or let this move archive it.",
      "verdict": "FAILED",
    }
  `);
});

test("the move takes them off", () => {
  expect(said(find("singleHolder", {}, { holders }, { replacesHolders: true }))).toMatchInlineSnapshot(
    `"PASSED: The move takes the other versions out of PRODUCTION."`,
  );
});

test("an alias has one holder always", () => {
  expect(said(find("singleHolder", {}, { holders }, { target: { alias: "canary" } }))).toMatchInlineSnapshot(
    `"PASSED: An alias has one holder always."`,
  );
});

test("no override does without it", () => {
  expect(Object.entries(RULES).filter(([, row]) => !row.canOverride)).toEqual([["singleHolder", RULES.singleHolder]]);
});
