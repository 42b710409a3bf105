import { expect, test } from "vitest";
import { PRESENT_FIELDS } from "../../../../src/domain/governance/rule.js";
import { FACTS, find, said } from "../promotions.js";

const BARE = {
  number: 7,
  digest: null,
  hasSignature: false,
  hasDescription: false,
  run: null,
  isRunDeleted: false,
  datasetInputs: 0,
  descriptionHash: null,
  contentsHash: "0cc175b9",
  stage: "NONE",
  stageEntry: 1,
  holdsTarget: false,
  registrant: FACTS.version.registrant,
} as const;

test.each(PRESENT_FIELDS)("%s", (field) => {
  expect(find("present", { field }).verdict).toBe("PASSED");
  expect(find("present", { field }, { version: BARE }).verdict).toBe("FAILED");
});

test("a run that read no dataset has none", () => {
  const version = { ...FACTS.version, datasetInputs: 0 };
  expect(said(find("present", { field: "DATASET_INPUT" }, { version }))).toMatchInlineSnapshot(
    `"FAILED: The version does not have a run that read a dataset."`,
  );
});

test("names the run in evidence only", () => {
  expect(find("present", { field: "RUN" })).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "experimentName": "fraud",
          "kind": "RUN",
          "runId": "run-7",
          "summary": "run run-7, FINISHED",
          "value": "FINISHED",
        },
      ],
      "explanation": "The version has a run.",
      "verdict": "PASSED",
    }
  `);
});
