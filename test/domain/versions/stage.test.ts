import { expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { mayEnter, reachableStages, STAGES, scopesOfMove } from "../../../src/domain/versions/stage.js";
import { VERSION_STATUSES } from "../../../src/domain/versions/version.js";

test("the scopes of every move: of the stage that is entered and of the one that is left", () => {
  const table = STAGES.flatMap((from) => STAGES.map((to) => `${from} → ${to}: ${scopesOfMove(from, to).join(", ")}`));
  expect(table.join("\n")).toMatchInlineSnapshot(`
    "NONE → NONE: models:write
    NONE → STAGING: stages:staging, models:write
    NONE → PRODUCTION: stages:production, models:write
    NONE → ARCHIVED: stages:archived, models:write
    STAGING → NONE: models:write, stages:staging
    STAGING → STAGING: stages:staging
    STAGING → PRODUCTION: stages:production, stages:staging
    STAGING → ARCHIVED: stages:archived, stages:staging
    PRODUCTION → NONE: models:write, stages:production
    PRODUCTION → STAGING: stages:staging, stages:production
    PRODUCTION → PRODUCTION: stages:production
    PRODUCTION → ARCHIVED: stages:archived, stages:production
    ARCHIVED → NONE: models:write, stages:archived
    ARCHIVED → STAGING: stages:staging, stages:archived
    ARCHIVED → PRODUCTION: stages:production, stages:archived
    ARCHIVED → ARCHIVED: stages:archived"
  `);
});

test("the stages that a version may be in, by its status", () => {
  const table = VERSION_STATUSES.map((status) => [status, STAGES.filter((stage) => mayEnter(stage, status))]);
  expect(Object.fromEntries(table)).toEqual({
    PENDING_REGISTRATION: ["NONE", "ARCHIVED"],
    READY: ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"],
    FAILED_REGISTRATION: ["NONE", "ARCHIVED"],
  });
});

const reach = (from: (typeof STAGES)[number], ...scopes: Scope[]) => reachableStages(from, "READY", new Set(scopes));

test("a viewer can move a version where the scopes of both stages allow it", () => {
  expect(reach("NONE")).toEqual([]);
  expect(reach("NONE", "models:write")).toEqual([]);
  expect(reach("NONE", "stages:production")).toEqual([]);
  expect(reach("NONE", "models:write", "stages:production")).toEqual(["PRODUCTION"]);
  expect(reach("PRODUCTION", "stages:production", "stages:archived")).toEqual(["ARCHIVED"]);
  expect(reach("STAGING", "stages:staging", "stages:production", "models:write")).toEqual(["NONE", "PRODUCTION"]);
  expect(reach("STAGING", "stages:approve", "models:read")).toEqual([]);
});

test("an admin can move a version to every stage but its own", () => {
  for (const stage of STAGES) expect(reach(stage, "admin")).toEqual(STAGES.filter((other) => other !== stage));
  expect(reachableStages("NONE", "PENDING_REGISTRATION", new Set(["admin"]))).toEqual(["ARCHIVED"]);
  expect(reachableStages("ARCHIVED", "FAILED_REGISTRATION", new Set(["admin"]))).toEqual(["NONE"]);
});
