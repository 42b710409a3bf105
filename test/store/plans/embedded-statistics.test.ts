import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { analyzeChangedTables } from "../../../src/store/plans/embedded-statistics.js";
import { openTestDatabase, TEST_DATABASE_KIND } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const EXPECTED = `SELECT most_common_vals::text AS "values" FROM pg_stats WHERE tablename = 'skewed'`;

// PostgreSQL has autovacuum for this.
test.runIf(TEST_DATABASE_KIND === "pglite")(
  "an embedded database learns what its tables hold once they have changed",
  async () => {
    const { pool } = database;
    await pool.query(
      "CREATE TABLE skewed AS SELECT CASE WHEN n % 10 = 0 THEN 'few' ELSE 'most' END AS v FROM generate_series(1, 1000) AS n",
    );
    expect((await pool.query(EXPECTED)).rows).toEqual([]);
    // the counts of changes arrive with a delay
    await expect.poll(() => analyzeChangedTables(pool)).toContain("public.skewed");
    expect((await pool.query(EXPECTED)).rows).toEqual([{ values: "{most,few}" }]);
    expect(await analyzeChangedTables(pool)).not.toContain("public.skewed");
  },
);
