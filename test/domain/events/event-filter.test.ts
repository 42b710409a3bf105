import { expect, test } from "vitest";
import { createEventMatcher, type EventFilter } from "../../../src/domain/events/event-filter.js";
import { WRITER } from "../../support/writer.js";

const NOTHING = { body: "{}", modelName: null, fromStage: null, toStage: null, alias: null };
const BY = { actorIssuer: "https://ci", actorSubject: "job" };
const moved = (fromStage: string, toStage: string) => ({
  ...NOTHING,
  ...BY,
  type: "model_version.stage_changed",
  modelName: "churn",
  fromStage,
  toStage,
});
const EVENTS = {
  registered: { ...NOTHING, ...BY, type: "model.registered", modelName: "fraud-a" },
  aliasByJob: { ...NOTHING, ...BY, type: "alias.set", modelName: "fraud-a", alias: "champion" },
  aliasByAnn: { ...NOTHING, ...BY, type: "alias.set", modelName: "churn", alias: "champion", actorSubject: "ann" },
  staged: moved("NONE", "STAGING"),
  promoted: moved("STAGING", "PRODUCTION"),
  archived: moved("PRODUCTION", "ARCHIVED"),
  run: { ...NOTHING, ...BY, type: "run.created", actorIssuer: "https://people" },
};

test.each<[EventFilter, (keyof typeof EVENTS)[]]>([
  [{}, ["registered", "aliasByJob", "aliasByAnn", "staged", "promoted", "archived", "run"]],
  [{ types: ["alias.set", "run.created"] }, ["aliasByJob", "aliasByAnn", "run"]],
  [{ models: ["fraud-*"] }, ["registered", "aliasByJob"]],
  [{ models: [] }, []],
  [{ stages: ["STAGING"] }, ["staged", "promoted"]],
  [{ stages: [] }, []],
  [{ from: ["STAGING"] }, ["promoted"]],
  [{ to: ["STAGING"] }, ["staged"]],
  [{ aliases: ["champion"] }, ["aliasByJob", "aliasByAnn"]],
  [{ aliases: ["*"] }, []],
  [{ aliases: ["champion"], models: ["churn"] }, ["aliasByAnn"]],
  [{ actor: { subject: "ann" } }, ["aliasByAnn"]],
  [{ actor: { issuer: "https://people" } }, ["run"]],
  [{ actor: { issuer: "https://people", subject: "ann" } }, []],
  [{ actor: {} }, ["registered", "aliasByJob", "aliasByAnn", "staged", "promoted", "archived", "run"]],
])("the filter %j", (filter, wanted) => {
  const matches = createEventMatcher(WRITER, filter);
  const found = Object.entries(EVENTS).flatMap(([name, event]) => (matches(event) ? [name] : []));
  expect(found).toEqual(wanted);
});

test.each<[globs: string[] | null, models: string[], isMatch: boolean]>([
  [null, ["old"], true],
  [null, ["new"], true],
  [null, ["o*"], true],
  [null, ["other"], false],
  [["new", "old"], ["old"], true],
  [["new"], ["new"], true],
  [["new"], ["old"], false],
  [["new"], ["o*"], false],
])("a reader of %j gets a rename from old to new by %j: %s", (modelGlobs, models, isMatch) => {
  const body = JSON.stringify({ before: { name: "old" }, after: { name: "new" } });
  const renamed = { ...NOTHING, ...BY, body, type: "model.renamed", modelName: "new" };
  expect(createEventMatcher({ ...WRITER, modelGlobs }, { models })(renamed)).toBe(isMatch);
  const updated = { ...renamed, type: "model.updated" };
  expect(createEventMatcher(WRITER, { models: ["old"] })(updated), "another event has one name").toBe(false);
});
