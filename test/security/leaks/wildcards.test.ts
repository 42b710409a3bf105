import fc from "fast-check";
import { type GraphQLInputObjectType, getNamedType, isInputObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCOPES } from "../../../src/domain/access/scopes.js";
import { schema } from "../../../src/graphql/schema.js";
import { startTestServer, type TestServer } from "../../support/server.js";

/** With a thousand runs on a busy machine. */
const LONG_MS = 2_400_000;

/** Names that SQL, LIKE, globs, regular expressions or JavaScript objects would interpret. */
const ODD = [
  ...["50%_off", "50xyoff", String.raw`50\%_off`, "50*off", "it's", `"; DROP TABLE Model; --`, "' OR '1'='1", "$1"],
  ...["%", "_", "\\", "*", "%%", "a_b", "axb", "a*b", ".*", "[a-z]", "(?i)a", "A_B", "\u{1f600}%"],
  ...["__proto__", "constructor", "toString", "null", "ß", "SS", "İ", "é"],
] as const;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const write = (document: string, variables: object) =>
    server.data(document, variables as Record<string, unknown>, { scopes: SCOPES });
  await write(
    `mutation {
      looked: applyPolicy(input: {name: "looked", mode: EVALUATE, target: {stages: [STAGING]}, rules: [{reason: {}}]}) { changed }
      passed: applyPolicy(input: {name: "passed", target: {stages: [STAGING]}, rules: [{reason: {}}]}) { changed }
      asked: applyPolicy(input: {name: "asked", target: {stages: [PRODUCTION]}, rules: [{approvals: {}}]}) { changed }
    }`,
    {},
  );
  for (const [i, name] of ODD.entries()) {
    await write(
      `mutation ($name: String!, $source: String!, $env: String!, $run: String!, $digest: String!, $alias: String!, $logged: String!) {
        registerModel(input: {name: $name, description: $name, tags: [{key: "odd", value: $name}]}) { created }
        createModelVersion(input: {model: {name: $name}, source: $source, description: $name, aliases: [$alias]}) { modelVersion { id } }
        transitionModelVersion(input: {version: {number: {model: $name, number: 1}}, to: STAGING, override: {reason: $name}}) { transition { id } }
        requestPromotion(input: {version: {number: {model: $name, number: 1}}, target: {stage: PRODUCTION}}) { request { id } }
        createRun(input: {experiment: {name: $name}, createExperiment: true, runId: $run, name: $name, user: $name, params: [{key: "odd", value: $name}]}) { run { id } }
        updateExperiment(input: {experiment: {name: $name}, description: $name}) { experiment { id } }
        createLoggedModel(input: {experiment: {name: $name}, name: $logged, tags: [{key: "odd", value: $name}]}) { loggedModel { id } }
        registerDataset(input: {name: $name, digest: $digest, source: $source}) { created }
        reportDeployment(input: {environment: $env, endpoint: $name, model: {name: $name}, state: RUNNING, running: []}) { applied }
      }`,
      {
        name,
        env: name,
        run: `run-${i}`,
        digest: String(i),
        source: sourceOf(name),
        alias: aliasOf(name),
        logged: loggedOf(name),
      },
    );
  }
}, LONG_MS);
afterAll(() => server.stop());

/** A source may not have blanks or backslashes. */
const sourceOf = (name: string) => `s3://b/${name.replace(/[\s\\]/g, "+")}`;
/** An alias has ASCII letters, digits, - and _, which is a wildcard of LIKE. */
const aliasOf = (name: string) => name.replace(/[^\w-]/g, "_");
/** The name of a logged model may not have what paths and filters are made of. */
const loggedOf = (name: string) => name.replace(/[/:.%"']/g, "_");
const asItIs = (name: string) => name;

/** Every condition on a text: its list, the selection of a row's name, and the text that the row has there. */
const TEXTS: Readonly<Record<string, readonly [list: string, shows: string, text: (name: string) => string]>> = {
  "ModelFilter.name": ["models", "shown: name", asItIs],
  "ModelFilter.description": ["models", "shown: name", asItIs],
  "ModelVersionFilter.model": ["modelVersions", "model { shown: name }", asItIs],
  "ModelVersionFilter.description": ["modelVersions", "model { shown: name }", asItIs],
  "ModelVersionFilter.source": ["modelVersions", "model { shown: name }", sourceOf],
  "StageTransitionFilter.model": ["stageTransitions", "modelVersion { model { shown: name } }", asItIs],
  "AliasTransitionFilter.model": ["aliasTransitions", "modelVersion { model { shown: name } }", asItIs],
  "AliasTransitionFilter.alias": ["aliasTransitions", "modelVersion { model { shown: name } }", aliasOf],
  "PromotionDecisionFilter.model": ["promotionDecisions", "modelVersion { model { shown: name } }", asItIs],
  "OverrideFilter.model": ["overrides", "modelVersion { model { shown: name } }", asItIs],
  "PromotionRequestFilter.model": ["promotionRequests", "modelVersion { model { shown: name } }", asItIs],
  "ExperimentFilter.name": ["experiments", "shown: name", asItIs],
  "ExperimentFilter.description": ["experiments", "shown: name", asItIs],
  "RunFilter.name": ["runs", "shown: name", asItIs],
  "RunFilter.experiment": ["runs", "experiment { shown: name }", asItIs],
  "LoggedModelFilter.name": ["loggedModels", "experiment { shown: name }", loggedOf],
  "LoggedModelFilter.experiment": ["loggedModels", "experiment { shown: name }", asItIs],
  "DatasetFilter.name": ["datasets", "shown: name", asItIs],
  "DatasetFilter.source": ["datasets", "shown: name", sourceOf],
  "DeploymentFilter.environment": ["deployments", "shown: environment", asItIs],
  "DeploymentFilter.endpoint": ["deployments", "shown: endpoint", asItIs],
  "DeploymentFilter.model": ["deployments", "model { shown: name }", asItIs],
};

const MEETS: Readonly<Record<string, (text: string, searched: string) => boolean>> = {
  equals: (text, searched) => text === searched,
  in: (text, searched) => text === searched || text === "never",
  contains: (text, searched) => text.includes(searched),
  startsWith: (text, searched) => text.startsWith(searched),
  containsIgnoreCase: (text, searched) => text.toLowerCase().includes(searched.toLowerCase()),
};

test("the table has every condition on a text of the schema", () => {
  const filters = Object.values(schema.getTypeMap()).filter((type): type is GraphQLInputObjectType =>
    isInputObjectType(type),
  );
  const found = filters.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      getNamedType(field.type).name === "StringFilter" ? [`${type.name}.${field.name}`] : [],
    ),
  );
  expect(Object.keys(TEXTS).sort()).toEqual(found.sort());
  const conditions = (schema.getType("StringFilter") as GraphQLInputObjectType).getFields();
  expect(Object.keys(MEETS).sort()).toEqual(Object.keys(conditions).sort());
});

const shownIn = (row: unknown): string => {
  const [, name] = /"shown":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(row)) ?? [];
  return JSON.parse(name ?? '""') as string;
};

const META = fc.constantFrom(
  "%",
  "_",
  "\\",
  "*",
  "'",
  '"',
  "$1",
  "\\%",
  "\\_",
  "\\\\",
  "%%",
  ".",
  ";--",
  "(",
  "[",
  "\u202e",
);
const PART = fc
  .tuple(fc.constantFrom(...ODD, ...ODD.map(sourceOf)), fc.nat(12), fc.nat(12))
  .map(([name, from, length]) => [...name].slice(from, from + length + 1).join(""));
const SEARCHED = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ODD, ...ODD.map(sourceOf)) },
    { weight: 3, arbitrary: PART },
    { weight: 2, arbitrary: fc.tuple(PART, META, PART).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
  )
  .filter((text) => !text.includes("\u0000") && text.isWellFormed());

test("a searched text matches only itself, in every condition on a text", { timeout: LONG_MS }, async () => {
  const conditions = Object.keys(MEETS);
  await fc.assert(
    fc.asyncProperty(SEARCHED, fc.nat(conditions.length - 1), async (text, shift) => {
      const fields = Object.entries(TEXTS).map(([name, [list, shows]], i) => {
        const condition = conditions[(i + shift) % conditions.length] ?? "";
        const value = condition === "in" ? '[$text, "never"]' : "$text";
        const field = name.split(".")[1];
        return `f${i}: ${list}(first: 200, where: {${field}: {${condition}: ${value}}}) { totalCount nodes { ${shows} } }`;
      });
      const data = await server.data(`query ($text: String!) { ${fields.join(" ")} }`, { text });
      for (const [i, [name, [, , textOf]]] of Object.entries(TEXTS).entries()) {
        const condition = conditions[(i + shift) % conditions.length] ?? "";
        // which small letter it has depends on the locale of the database
        if (condition === "containsIgnoreCase" && /[iİ]/i.test(text)) continue;
        const expected = ODD.filter((each) => MEETS[condition]?.(textOf(each), text)).sort();
        const { nodes, totalCount } = data[`f${i}`];
        expect(nodes.map(shownIn).sort(), `${name}: {${condition}: ${JSON.stringify(text)}}`).toEqual(expected);
        expect(totalCount).toBe(expected.length);
      }
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
  );
});

/** Only `*` has a special meaning in a glob. */
function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(text);
}

test("a glob in a filter or a token has no wildcard except *", { timeout: LONG_MS }, async () => {
  const globs = fc
    .tuple(SEARCHED, fc.constantFrom("", "*"), fc.constantFrom("", "*"))
    .map(([text, a, b]) => a + text + b);
  const isLine = (glob: string) => glob.trim() !== "" && !/\p{Cc}/u.test(glob);
  await fc.assert(
    fc.asyncProperty(globs.filter(isLine), async (glob) => {
      const expected = ODD.filter((name) => matchesGlob(glob, name)).sort();
      const { holders, events } = await server.data(
        `query ($models: [String!]) {
          holders(where: {models: $models, stages: [STAGING]}) { holders { modelName } }
          events(first: 200, where: {models: $models, types: [MODEL_REGISTERED]}) { nodes { ... on ModelRegisteredEvent { modelName } } }
        }`,
        { models: [glob] },
      );
      const names = (rows: { modelName: string }[]) => rows.map(({ modelName }) => modelName).sort();
      expect(names(holders.holders)).toEqual(expected);
      expect(names(events.nodes)).toEqual(expected);
      const narrowed = await server.data(
        "{ models(first: 200) { nodes { shown: name } } experiments(first: 200) { nodes { shown: name } } deployments(first: 200) { nodes { shown: endpoint } } }",
        {},
        { models: [glob], experiments: [glob], environments: [glob] },
      );
      for (const { nodes } of [narrowed.models, narrowed.experiments, narrowed.deployments]) {
        expect(nodes.map(shownIn).sort(), glob).toEqual(expected);
      }
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 40) },
  );
});

test("an equality condition finds rows with exactly this text", { timeout: LONG_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(SEARCHED, async (text) => {
      const { byTag, byUser, byParam, bySubject } = await server.data(
        `query ($text: String!) {
          byTag: models(first: 200, where: {tag: {key: "odd", value: $text}}) { nodes { shown: name } }
          byUser: runs(first: 200, where: {user: $text}) { nodes { shown: name } }
          byParam: runs(first: 200, where: {params: [{key: "odd", value: $text}]}) { nodes { shown: name } }
          bySubject: models(where: {createdBy: {subject: $text}}) { nodes { shown: name } }
        }`,
        { text },
      );
      const expected = ODD.filter((name) => name === text);
      for (const { nodes } of [byTag, byUser, byParam]) expect(nodes.map(shownIn)).toEqual(expected);
      expect(bySubject.nodes).toEqual([]);
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 30) },
  );
});
