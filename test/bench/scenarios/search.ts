import type { Bench, World } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import { size } from "../size.js";
import { readByHand } from "./reads.js";

const KEYS = size(200, 20);
const SEARCH = `query ($key: String!, $value: String!, $stages: [Stage!]!, $after: String) {
  modelVersions(first: 20, after: $after, where: { tag: { key: $key, value: $value }, stage: $stages }) {
    nodes { number stage model { name } } } }`;
const FIND = `query ($key: String!, $value: String!, $stages: [Stage!]!) {
  modelVersions(first: 200, where: { tag: { key: $key, value: $value }, stage: $stages }) { edges { cursor node { id } } } }`;
/** After every place in the list. */
const START = { createdAt: "infinity", id: "ffffffff-ffff-ffff-ffff-ffffffffffff", after: null };

type Wanted = {
  readonly key: string;
  readonly value: string;
  readonly stages: readonly string[];
};

type Place = {
  readonly createdAt: string;
  readonly id: string;
  readonly after: string | null;
};

/** Values that many versions have, and values that few have. */
const SEARCHES: Readonly<Record<string, Wanted>> = {
  "a common tag and stage": { key: "env", value: "dev", stages: ["NONE", "ARCHIVED"] },
  "a common tag, a rare stage": { key: "env", value: "dev", stages: ["STAGING"] },
  "a common tag, a stage without it": { key: "env", value: "prod", stages: ["STAGING"] },
  "a rare tag, a common stage": { key: "env", value: "canary", stages: ["NONE", "ARCHIVED"] },
};

export const SEARCH_SCENARIO = {
  number: 4,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("skewed");
    const cases = new Map<string, (Wanted & Place)[]>();
    for (const [name, wanted] of Object.entries(SEARCHES)) {
      cases.set(
        name,
        (await placesOf(world, wanted)).map((place) => ({ ...wanted, ...place })),
      );
    }
    cases.set("a tag that one version has", await uniqueTags(world));
    for (const [name, asked] of cases) {
      yield await measureBesideLimit(bench, world, {
        scenario: 4,
        name: `search by tag and stage: ${name}`,
        connections: 16,
        query: SEARCH,
        route: "search",
        asked: await readByHand(world.pool, "search", asked),
      });
    }
  },
};

/** Places in the result, so that each request is for another page. */
async function placesOf({ server, pool }: World, wanted: Wanted): Promise<Place[]> {
  const { modelVersions } = await server.ask<Found>(FIND, { ...wanted });
  const places = modelVersions.edges.slice(0, KEYS - 1).map(({ cursor, node }) => ({
    after: cursor,
    id: Buffer.from(node.id, "base64url").toString().slice("ModelVersion:".length),
  }));
  const { rows } = await pool.query<{ id: string; createdAt: string }>(
    `SELECT "id", "createdAt"::text FROM "ModelVersion" WHERE "id" = ANY($1)`,
    [places.map(({ id }) => id)],
  );
  const createdAt = new Map(rows.map((row) => [row.id, row.createdAt]));
  return [START, ...places.map((place) => ({ ...place, createdAt: createdAt.get(place.id) ?? "" }))];
}

async function uniqueTags({ pool }: World): Promise<(Wanted & Place)[]> {
  const { rows } = await pool.query<{ value: string }>(
    `SELECT "value" FROM "ModelVersionTag" TABLESAMPLE BERNOULLI (50) WHERE "key" = 'commit' LIMIT ${KEYS}`,
  );
  const stages = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"];
  return rows.map(({ value }) => ({ key: "commit", value, stages, ...START }));
}

interface Found {
  readonly modelVersions: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  };
}
