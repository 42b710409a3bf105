import type pg from "pg";
import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import { WRITE_MODELS } from "../setup/registry.js";

const CREATE = `mutation ($model: String!, $source: String!) {
  createModelVersion(input: { model: { name: $model }, source: $source }) { modelVersion { number } } }`;
const PATTERN = String.raw`\{"data":\{"createModelVersion":\{"modelVersion":\{"number":\d+\}\}\}\}`;

const LOADS = [
  { name: "1 client", clients: 1, models: 1 },
  { name: "64 clients, one model", clients: 64, models: 1 },
  { name: `64 clients, ${WRITE_MODELS} models`, clients: 64, models: WRITE_MODELS },
];

export const CREATE_VERSION = {
  number: 6,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("registry");
    for (const { name, clients, models } of LOADS) {
      const before = await countVersions(world.pool);
      const asked = Array.from({ length: models }, (_, i) => ({ model: `w-${i}`, source: `s3://bucket/w-${i}` }));
      yield await measureBesideLimit(bench, world, {
        scenario: 6,
        name: `createModelVersion, ${name}`,
        connections: clients,
        query: CREATE,
        route: "createVersion",
        asked: asked.map((variables) => ({ ours: variables, limit: variables })),
        pattern: PATTERN,
        async verify(done) {
          const written = (await countVersions(world.pool)) - before;
          if (written !== done) throw new Error(`${done} versions were acknowledged, and ${written} written.`);
        },
      });
    }
  },
};

/** Throws if the numbers of any model have a gap. */
async function countVersions(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ name: string; counter: number; versions: number; highest: number }>(
    `SELECT m."name", m."versionCounter" AS counter, count(v."id")::int AS versions, coalesce(max(v."number"), 0) AS highest
     FROM "Model" AS m LEFT JOIN "ModelVersion" AS v ON v."modelId" = m."id" WHERE m."name" LIKE 'w-%' GROUP BY m."id"`,
  );
  for (const { name, counter, versions, highest } of rows) {
    if (counter !== versions || highest !== versions) {
      throw new Error(`${name} has ${versions} versions, the highest number ${highest}, and counts ${counter}.`);
    }
  }
  return rows.reduce((sum, { versions }) => sum + versions, 0);
}
