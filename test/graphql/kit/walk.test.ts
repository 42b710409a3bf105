import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createVersion, fillLists, LISTS, type List, MOVE, readPage, register } from "../../support/lists.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let models: string[];
let versions: string[];
let mainModel = "";
let serial = 0;

beforeAll(async () => {
  server = await startTestServer();
  ({ models, versions } = await fillLists(server));
  mainModel = (await server.data(`{ model(name: "m") { id } }`)).model.id;
});
afterAll(() => server.stop());

const RENAME =
  "mutation ($id: ID!, $newName: String!) { renameModel(input: {model: {id: $id}, newName: $newName}) { model { id } } }";
const DELETE = "mutation ($id: ID!) { deleteModel(input: {model: {id: $id}}) { deletedId } }";
const UPDATE =
  "mutation ($id: ID!, $to: String!) { updateModelVersion(input: {version: {id: $id}, description: $to}) { modelVersion { id } } }";
const DELETE_VERSION = "mutation ($id: ID!) { deleteModelVersion(input: {version: {id: $id}}) { deletedId } }";

/** The changes that happen during a walk. Each takes a random number and returns the ids that it touched. */
const CHANGES: ((random: number) => Promise<string[]>)[] = [
  async () => [models[models.push(await register(server, `a-${serial++}-new`)) - 1] as string],
  async (random) => {
    const id = models[random % models.length] as string;
    await server.data(RENAME, { id, newName: `a-${random % 9}-${serial++}` });
    return [id];
  },
  async (random) => {
    const [id = ""] = models.length > 6 ? models.splice(random % models.length, 1) : [];
    if (id) await server.data(DELETE, { id });
    return [id];
  },
  async () => [mainModel, versions[versions.push(await createVersion(server)) - 1] as string],
  async (random) => {
    const id = versions[random % versions.length] as string;
    await server.data(UPDATE, { id, to: `${serial++}` });
    return [mainModel, id];
  },
  async (random) => {
    const [id = ""] = versions.length > 6 ? versions.splice(1 + (random % (versions.length - 1)), 1) : [];
    if (id) await server.data(DELETE_VERSION, { id });
    return [mainModel, id];
  },
  async () => {
    const [id = ""] = versions;
    const to = serial++ % 2 === 0 ? "STAGING" : "PRODUCTION";
    const { data } = await server.request(MOVE, { id, to });
    return [mainModel, id, ...(data ? [data.transitionModelVersion.transition.id] : [])];
  },
];

const random = (() => {
  const numbers = fc.sample(fc.nat(), 5000);
  return () => numbers.pop() as number;
})();

/** All ids from one end to the other, with a change between two pages. */
async function walk(list: List, size: number, forward: boolean, between: () => Promise<unknown> = async () => {}) {
  const all: string[] = [];
  for (let cursor: string | null = null, more = true; more; ) {
    const from = cursor === null ? "" : `, ${forward ? "after" : "before"}: "${cursor}"`;
    const { ids, info } = await readPage(server, list, `${forward ? "first" : "last"}: ${size}${from}`);
    if (forward) all.push(...ids);
    else all.unshift(...ids);
    more = forward ? info.hasNextPage : info.hasPreviousPage;
    expect(forward ? info.hasPreviousPage : info.hasNextPage).toBe(cursor !== null);
    cursor = forward ? info.endCursor : info.startCursor;
    if (more) await between();
  }
  return all;
}

test.each(LISTS)(
  "a walk of $title returns every unchanged row once and in order, whatever changes in the meantime",
  async (list) => {
    for (const forward of [true, false]) {
      const before = (await readPage(server, list, "first: 200")).ids;
      expect(before.length).toBeGreaterThan(3);
      const touched = new Set<string>();
      const seen = await walk(list, 3 + (random() % 2), forward, async () => {
        const change = CHANGES[random() % CHANGES.length] as (typeof CHANGES)[number];
        for (const id of await change(random())) touched.add(id);
      });
      const still = before.filter((id) => !touched.has(id));
      expect(seen.filter((id) => !touched.has(id))).toEqual(still);
    }
  },
);
