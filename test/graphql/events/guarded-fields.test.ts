import { getNamedType, isInterfaceType, isObjectType } from "graphql";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { FIELD_SCOPE, type Scope } from "../../../src/domain/access/scopes.js";
import { SNAPSHOT_FIELDS } from "../../../src/domain/events/snapshot-fields.js";
import { schema } from "../../../src/graphql/schema.js";
import { startTestServer, type TestServer } from "../../support/server.js";

const guards = FIELD_SCOPE as Record<string, Scope>;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => {
  delete guards["Dataset.digest"];
});
afterAll(() => server.stop());

test("the fields that the keys of events are compared with exist", () => {
  const missing = Object.values(SNAPSHOT_FIELDS)
    .flatMap((fields) => Object.values<string | null>(fields))
    .filter((name) => {
      const [type = "", field = ""] = name?.split(".") ?? [];
      const object = getNamedType(schema.getType(type));
      return name !== null && !((isObjectType(object) || isInterfaceType(object)) && object.getFields()[field]);
    });
  expect(missing).toEqual([]);
});

const DIGESTS = `{
  events(where: { types: [DATASET_REGISTERED] }) { nodes { ... on DatasetRegisteredEvent { name digest } } }
}`;

test("a guard that is added to a field hides it in the events that hold it, in lists and streams", async () => {
  await server.data(`mutation { registerDataset(input: { name: "iris", digest: "d1" }) { dataset { id } } }`);
  const read = async (scopes: Scope[]) => (await server.data(DIGESTS, {}, { scopes })).events.nodes;
  expect(await read(["models:read", "runs:read"])).toEqual([{ name: "iris", digest: "d1" }]);
  guards["Dataset.digest"] = "artifacts:read";
  expect(await read(["models:read", "runs:read"])).toEqual([{ name: "iris", digest: null }]);
  expect(await read(["models:read", "runs:read", "artifacts:read"])).toEqual([{ name: "iris", digest: "d1" }]);
});
