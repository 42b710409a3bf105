import type pg from "pg";
import { READS } from "../limit/reads.mjs";
import type { Bench, World } from "../measure/bench.js";
import { type Comparison, measureWithPeers } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import { size } from "../size.js";

const CONNECTIONS = 16;
/** How many different requests are sent before the first is sent again. */
const KEYS = size(1_000, 50);
const PAGES = size(100, 5);
const PAGE = 50;

const NESTED = `query ($name: String!) { model(name: $name) { name description tags { key value }
  versions { nodes { number stage source tags { key value } } } } }`;
const PAGE_OF_MODELS = `query ($after: String) { models(first: ${PAGE}, after: $after) { nodes { name latestVersion { number }
  aliases { name modelVersion { number } } tags { key value } stages { stage count current { number } } }
  pageInfo { hasNextPage } } }`;
const KEY = "query ($name: String!) { model(name: $name) { name description } }";
const CURSORS = `query ($after: String) { models(first: 100, after: $after) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }`;

type Comparisons = (world: World) => Promise<Comparison>;

export const nested = async ({ pool }: Pick<World, "pool">): Promise<Comparison> => ({
  scenario: 1,
  name: "a model with its versions and their tags",
  connections: CONNECTIONS,
  query: NESTED,
  route: "nested",
  asked: await readByHand(
    pool,
    "nested",
    (await modelNames(pool, KEYS)).map((name) => ({ name })),
  ),
});

const page: Comparisons = async (world) => {
  const starts = await pageStarts(world);
  const asked = await readByHand(world.pool, "page", starts);
  return {
    scenario: 2,
    name: "a page of 50 models: latest, aliases, tags, stages",
    connections: CONNECTIONS,
    query: PAGE_OF_MODELS,
    route: "page",
    asked: asked.map((each, i) => ({ ...each, ours: { after: starts[i]?.cursor } })),
  };
};

const key: Comparisons = async ({ pool }) => ({
  scenario: 3,
  name: "a model by its name",
  connections: CONNECTIONS,
  query: KEY,
  route: "key",
  asked: await readByHand(
    pool,
    "key",
    (await modelNames(pool, KEYS)).map((name) => ({ name })),
  ),
});

export const READ_COMPARISONS = [nested, page, key];

export const READ_SCENARIOS = READ_COMPARISONS.map((compare, i) => ({
  number: i + 1,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("registry");
    yield* await measureWithPeers(bench, world, await compare(world), await bench.peers());
  },
}));

/** What the statement of the limit answers for each of the variables. */
export async function readByHand<V extends Readonly<Record<string, unknown>>>(
  pool: pg.Pool,
  route: keyof typeof READS,
  all: readonly V[],
) {
  const { text, values, ...read } = READS[route];
  const named = "isUnnamed" in read ? {} : { name: route };
  const asked: { ours: V; limit: V; answer: string }[] = [];
  for (const variables of all) {
    const { rows } = await pool.query({ ...named, text, values: values(variables) });
    asked.push({ ours: variables, limit: variables, answer: rows[0].data });
  }
  return asked;
}

/** Names of models that are spread over all that are read. */
async function modelNames(pool: pg.Pool, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT "name" FROM "Model" WHERE "name" LIKE 'm-%' ORDER BY md5("name") LIMIT ${count}`,
  );
  return rows.map(({ name }) => name);
}

/** Places in the list of models, spread over its first part, each as a cursor and as the name before it. */
async function pageStarts({ server }: World): Promise<{ cursor: string; name: string }[]> {
  const starts: { cursor: string; name: string }[] = [];
  for (let after: string | null = null; starts.length < PAGES; ) {
    const { models }: CursorPage = await server.ask<CursorPage>(CURSORS, { after });
    const step = Math.max(1, Math.floor(models.edges.length / 20));
    for (const [i, { cursor, node }] of models.edges.entries()) {
      if (i % step === 0) starts.push({ cursor, name: node.name });
    }
    if (!models.pageInfo.hasNextPage) break;
    after = models.pageInfo.endCursor;
  }
  return starts.slice(0, PAGES);
}

interface CursorPage {
  readonly models: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}
