import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Coverage } from "../../../src/domain/access/actor.js";
import { combineGrants, coversAll, type Grant } from "../../../src/domain/access/grant.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { matchesAnyGlob } from "../../../src/domain/values/glob.js";

const ALL: Coverage = { modelGlobs: null, experimentGlobs: null, environmentGlobs: null };
const grant = (
  scopes: readonly Scope[],
  models: readonly string[] | null = null,
  more: Partial<Coverage> = {},
): Grant => {
  return { ...ALL, modelGlobs: models, ...more, scopes, source: "a rule" };
};
const outcome = (claims: Coverage, ...grants: Grant[]) => {
  const { scopes, left, ...coverage } = combineGrants(claims, grants);
  return { scopes: [...scopes].join(" "), models: coverage.modelGlobs, left: left.length };
};

describe("grants", () => {
  test("of one coverage add up; none give nothing", () => {
    expect(outcome(ALL)).toEqual({ scopes: "", models: null, left: 0 });
    expect(outcome(ALL, grant(["models:read"], ["a"]), grant(["models:write"], ["a"]))).toEqual({
      scopes: "models:read models:write",
      models: ["a"],
      left: 0,
    });
  });

  test("the first says what is covered; wider ones add to it, narrower ones do not", () => {
    const narrow = grant(["stages:production"], ["fraud*"]);
    const wide = grant(["models:read"]);
    expect(outcome(ALL, narrow, wide)).toEqual({
      scopes: "stages:production models:read",
      models: ["fraud*"],
      left: 0,
    });
    expect(outcome(ALL, wide, narrow)).toEqual({ scopes: "models:read", models: null, left: 1 });
  });

  test("the token's own claims narrow every one", () => {
    const claims = { ...ALL, modelGlobs: ["fraud-eu"] };
    expect(outcome(claims, grant(["models:read"], ["fraud*"]))).toEqual({
      scopes: "models:read",
      models: ["fraud-eu"],
      left: 0,
    });
    expect(outcome(claims, grant(["models:read"], ["iris"]))).toEqual({ scopes: "", models: ["fraud-eu"], left: 1 });
  });

  test("runs of visible versions are no experiments by name", () => {
    const byVersion = { ...ALL, modelGlobs: ["m"] };
    expect(coversAll(byVersion, { ...byVersion, experimentGlobs: ["x"] })).toBe(false);
    expect(coversAll({ ...byVersion, experimentGlobs: ["*"] }, byVersion)).toBe(false);
    expect(outcome(byVersion, grant(["runs:read"], null, { experimentGlobs: ["x"] })).scopes).toBe("");
  });
});

/** Short names over two letters, so that globs often match. */
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
const glob = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 3 });
const globs = fc.option(fc.array(glob, { maxLength: 2 }), { nil: null });
const coverage = fc.record({ modelGlobs: globs, experimentGlobs: globs, environmentGlobs: globs });
const scopes: readonly Scope[] = ["models:read", "models:write", "runs:read"];
const grants = fc.array(
  fc
    .record({ scopes: fc.subarray([...scopes]), c: coverage })
    .map(({ scopes, c }) => ({ ...c, scopes, source: "a rule" })),
  { maxLength: 4 },
);
const place = fc.record({ model: text, experiment: text, environment: text });

/** Whether a coverage reaches a run in the experiment, whose only version is one of the model. */
function reaches(c: Coverage, at: { model: string; experiment: string; environment: string }): boolean[] {
  const model = matchesAnyGlob(c.modelGlobs, at.model);
  const isByVersion = c.modelGlobs !== null && c.experimentGlobs === null;
  const run = isByVersion ? model : matchesAnyGlob(c.experimentGlobs, at.experiment);
  const experiment = isByVersion ? false : run;
  return [model, run, experiment, matchesAnyGlob(c.environmentGlobs, at.environment)];
}

test("nothing is held anywhere that the claims and one single grant do not both give there", () => {
  fc.assert(
    fc.property(coverage, grants, place, (claims, given, at) => {
      const combined = combineGrants(claims, given);
      const held = reaches(combined, at);
      const byClaims = reaches(claims, at);
      for (const scope of combined.scopes) {
        for (const [i, isHeld] of held.entries()) {
          if (!isHeld) continue;
          expect(byClaims[i]).toBe(true);
          expect(given.some((each) => each.scopes.includes(scope) && reaches(each, at)[i])).toBe(true);
        }
      }
    }),
    { numRuns: 5_000 },
  );
});

test("a grant at the end takes nothing away", () => {
  fc.assert(
    fc.property(coverage, grants, grants, (claims, given, [more]) => {
      const before = combineGrants(claims, given);
      if (!more || before.scopes.size === 0) return;
      const after = combineGrants(claims, [...given, more]);
      expect([...before.scopes].every((scope) => after.scopes.has(scope))).toBe(true);
      expect(after).toMatchObject({ modelGlobs: before.modelGlobs, experimentGlobs: before.experimentGlobs });
    }),
  );
});
