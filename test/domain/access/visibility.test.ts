import { expect, test } from "vitest";
import type { Viewer } from "../../../src/domain/access/actor.js";
import { isVisible } from "../../../src/domain/access/visibility.js";
import { WRITER } from "../../support/writer.js";

const viewer = (claims: Partial<Viewer>): Viewer => ({ ...WRITER, ...claims });
const narrow = viewer({ modelGlobs: ["fraud*"], experimentGlobs: ["tuning*"] });
const AT = new Date(0);

test("a row is visible by its name, and a deleted one where either is asked for", () => {
  const cases = [
    isVisible("Model", narrow, { name: "fraud-eu", deletedAt: null }),
    isVisible("Model", narrow, { name: "churn", deletedAt: null }),
    isVisible("Model", narrow, { name: "fraud-eu", deletedAt: AT }),
    isVisible("Model", narrow, { name: "fraud-eu", deletedAt: AT }, "EITHER"),
    isVisible("Model", narrow, { name: "fraud-eu", deletedAt: null }, "EITHER"),
    isVisible("Model", narrow, { name: "churn", deletedAt: AT }, "EITHER"),
    isVisible("Experiment", narrow, { name: "tuning", deletedAt: null }),
    isVisible("Experiment", narrow, { name: "hidden", deletedAt: null }),
  ];
  expect(cases).toEqual([true, false, false, true, true, false, true, false]);
});

test("a run is visible by its experiment, and not decided where its versions decide", () => {
  const run = (name: string, deletedAt: Date | null = null) => ({ deletedAt: null, experiment: { name, deletedAt } });
  expect(isVisible("Run", narrow, run("tuning"))).toBe(true);
  expect(isVisible("Run", narrow, run("hidden"))).toBe(false);
  expect(isVisible("Run", viewer({}), run("tuning", AT))).toBe(false);
  const byVersion = viewer({ modelGlobs: ["fraud"] });
  expect(isVisible("Run", byVersion, run("tuning"))).toBeUndefined();
  expect(isVisible("Run", byVersion, run("tuning", AT))).toBe(false);
});
