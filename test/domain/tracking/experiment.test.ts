import { expect, test } from "vitest";
import { parseDatasetName } from "../../../src/domain/tracking/dataset.js";
import { parseExperimentName } from "../../../src/domain/tracking/experiment.js";
import { refusalOf } from "../../support/refusal.js";

const PARSERS = [parseExperimentName, parseDatasetName];

test.each(["iris", "a/b/c", "Größe 1", "😀".repeat(500)])("an experiment or a dataset may be named %s", (name) => {
  for (const parse of PARSERS) expect(parse("input.name", name)).toBe(name);
});

test.each(["", " ", " a", "a ", "a\tb", "a\u0000", "\udc00", "x".repeat(501), "e\u0301"])(
  "neither may be named %j",
  (name) => {
    for (const parse of PARSERS) expect(refusalOf(() => parse("input.name", name)).field).toBe("input.name");
  },
);
