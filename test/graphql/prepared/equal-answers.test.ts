import { complexityFromQuery } from "@pothos/plugin-complexity";
import { getVariableValues, type OperationDefinitionNode, validate } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import { schema } from "../../../src/graphql/schema.js";
import type { Database } from "../../../src/store/connection/database.js";
import { seedMarkedWorld, sendTo, type World } from "../../security/leaks/marked-world.js";
import { type Selected, writeQuery } from "../../security/leaks/random-query.js";
import { randomViewer } from "../../security/leaks/random-viewer.js";
import { openTestDatabase } from "../../support/database/database.js";
import { createRandom } from "../../support/random.js";
import { startServerOn } from "../../support/wiring.js";
import { TwoPaths, toViewer, withVariables } from "./two-paths.js";

/** PREPARED_RUNS=10000 PREPARED_SEED=7 npx vitest run --project suite test/graphql/prepared/equal-answers.test.ts */
const RUNS = Number(process.env.PREPARED_RUNS ?? 300);
const SEED = Number(process.env.PREPARED_SEED ?? 20_261_130);

let database: Database;
let app: App;
let world: World;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startServerOn(database, { SHELFMARK_WEBHOOK_ALLOW: "127.0.0.0/8", SHELFMARK_LIMIT_ALIASES: "10000" });
  world = await seedMarkedWorld((document, variables, as) => sendTo(app.url, document, variables, as));
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

test(`${RUNS} random documents have the same answers on both paths`, { timeout: 60_000 + RUNS * 1_000 }, async () => {
  const paths = new TwoPaths(database);
  const selected: Selected = new Map();
  const seen = { prepared: 0, withErrors: 0, plain: [] as string[] };
  for (let run = 0; run < RUNS; run++) {
    const random = createRandom(SEED + run);
    const viewer = toViewer(random.chance(0.5) ? { scopes: ["admin"] } : randomViewer(random, world));
    const text = writeQuery({ schema, random, pools: world.pools, selected, depth: 1 + random.below(4) });
    const { document, variables } = withVariables(text, random);
    expect(validate(schema, document), text).toEqual([]);
    const [operation] = document.definitions as OperationDefinitionNode[];
    if (getVariableValues(schema, operation?.variableDefinitions ?? [], variables).errors) {
      expect(paths.complexity(document, variables), text).toBeUndefined();
      continue;
    }
    expect(paths.complexity(document, variables)).toBe(
      complexityFromQuery(document, { schema, ctx: {} as never, variables }).complexity,
    );
    const plain = await paths.plain(document, variables, viewer);
    const prepared = await paths.prepared(document, variables, viewer);
    if (prepared === null) {
      if (plain.errors) seen.withErrors++;
      else seen.plain.push(text);
      continue;
    }
    expect(plain.errors, text).toBeUndefined();
    const where = { seed: SEED + run, text, variables };
    expect({ ...where, json: prepared }).toEqual({ ...where, json: JSON.stringify(plain) });
    // what was kept of the first request serves the next one
    const again = await paths.prepared(document, variables, viewer);
    expect({ ...where, json: again }).toEqual({ ...where, json: JSON.stringify(plain) });
    seen.prepared++;
  }
  console.info(seen);
  // a document may select two pages of one list, which Pothos reads by a statement of its own
  expect(seen.prepared).toBeGreaterThan(RUNS / 4);
  expect(seen.plain.length).toBeLessThan(RUNS / 20);
});
