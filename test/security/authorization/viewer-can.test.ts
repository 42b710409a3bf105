import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { STAGE_SCOPE, STAGES, type Stage } from "../../../src/domain/versions/stage.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { mallory, START_MS, seedModel, subsets } from "./fixture.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, START_MS);
afterAll(() => server?.stop());

const MOVE = `mutation ($id: ID!, $to: Stage!) {
  transitionModelVersion(input: { version: { id: $id }, to: $to }) { __typename } }`;
const CAN = "query ($id: ID!) { node(id: $id) { ... on ModelVersion { viewerCanTransitionTo } } }";

/** A version with this status in this stage. */
async function place(name: string, status: string, stage: Stage): Promise<string> {
  const { made } = await server.data(
    `mutation ($name: String!, $status: ModelVersionStatus!) { made: createModelVersion(input: {
      model: { name: $name }, createModel: true, source: "s3://some/where", status: $status }) { modelVersion { id } } }`,
    { name, status },
  );
  if (stage !== "NONE") await server.data(MOVE, { id: made.modelVersion.id, to: stage });
  return made.modelVersion.id;
}

const places: [string, Stage][] = [
  ...STAGES.map((stage): [string, Stage] => ["READY", stage]),
  ["PENDING_REGISTRATION", "NONE"],
  ["FAILED_REGISTRATION", "ARCHIVED"],
];

test.each(places)(
  "viewerCanTransitionTo of a %s version on %s matches what the mutation allows",
  async (status, stage) => {
    const id = await place(`can-${status}-${stage}`, status, stage);
    const all: Scope[] = Object.values(STAGE_SCOPE);
    for (const scopes of status === "READY" ? subsets(all) : [[], all]) {
      const { node } = await server.data(CAN, { id }, mallory([...scopes, "models:read"]));
      const allowed: Stage[] = [];
      for (const to of STAGES) {
        const { errors } = await server.request(MOVE, { id, to }, mallory(scopes));
        if (errors) continue;
        allowed.push(to);
        await server.data(MOVE, { id, to: stage });
      }
      expect({ scopes, stages: node.viewerCanTransitionTo }).toEqual({ scopes, stages: allowed });
    }
  },
);

const ADMIN: Scope[] = ["admin"];
test.each([
  ...subsets<Scope>(["models:write", "models:delete", "stages:production"]).map((scopes) => [scopes]),
  [ADMIN],
])("viewerCanUpdate with %j matches what the mutation allows", async (scopes) => {
  const { id } = await seedModel(server);
  const query = `{ node(id: "${id}") { ... on Model { viewerCanUpdate } } }`;
  const { node } = await server.data(query, {}, mallory([...scopes, "models:read"]));
  const update = `mutation { updateModel(input: { model: { id: "${id}" }, description: "New." }) { __typename } }`;
  const { errors } = await server.request(update, {}, mallory(scopes));
  expect(node.viewerCanUpdate).toBe(errors === undefined);
});

test("a deleted version can be neither moved nor updated", async () => {
  const { id, name } = await seedModel(server);
  const versions = `{ model(name: "${name}") { versions(where: { deleted: ONLY }) { nodes { number viewerCanTransitionTo } } } }`;
  expect((await server.data(versions)).model.versions.nodes).toEqual([{ number: 4, viewerCanTransitionTo: [] }]);

  await server.data(`mutation { deleteModel(input: { model: { id: "${id}" }, force: true }) { deletedId } }`);
  const models = `{ models(where: { deleted: ONLY, name: { equals: "${name}" } }) {
    nodes { viewerCanUpdate latestVersion { viewerCanTransitionTo } versions { nodes { viewerCanTransitionTo } } } } }`;
  const none = { viewerCanTransitionTo: [] };
  expect((await server.data(models)).models.nodes).toEqual([
    { viewerCanUpdate: false, latestVersion: none, versions: { nodes: [none, none, none] } },
  ]);
});
