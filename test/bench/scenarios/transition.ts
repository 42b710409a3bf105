import type pg from "pg";
import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";

const MOVE = `mutation ($model: String!, $number: Int!, $to: Stage!) {
  transitionModelVersion(input: { version: { number: { model: $model, number: $number } }, to: $to }) {
    modelVersion { number stage } } }`;

/** The numbers of the versions that each side moves. They are nobody else's, and begin in NONE. */
const LOADS = [
  { name: "1 client", clients: 1, ours: 4, limit: 5 },
  { name: "64 clients", clients: 64, ours: 6, limit: 7 },
];

export const TRANSITION = {
  number: 7,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("registry");
    const models = (await world.pool.query<{ name: string }>(`SELECT "name" FROM "Model" WHERE "name" LIKE 'm-%'`))
      .rows;
    for (const { name, clients, ours, limit } of LOADS) {
      const before = await countMoves(world.pool);
      // all enter a stage, then all leave it
      const moves = ["STAGING", "NONE"].flatMap((to) => models.map((model) => ({ model: model.name, to })));
      yield await measureBesideLimit(bench, world, {
        scenario: 7,
        name: `transitionModelVersion, ${name}`,
        connections: clients,
        query: MOVE,
        route: "transition",
        asked: moves.map((move) => ({ ours: { ...move, number: ours }, limit: { ...move, number: limit } })),
        pattern: String.raw`\{"data":\{"transitionModelVersion":\{"modelVersion":\{"number":\d+,"stage":"(STAGING|NONE)"\}\}\}\}`,
        async verify(done) {
          const moved = (await countMoves(world.pool)) - before;
          if (moved !== done) throw new Error(`${done} moves were acknowledged, and ${moved} recorded.`);
        },
      });
    }
  },
};

async function countMoves(pool: pg.Pool): Promise<number> {
  return (await pool.query(`SELECT count(*)::int AS moves FROM "StageTransition"`)).rows[0].moves;
}
