import { test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { countRowsRead, recordStatements } from "../support/statements.js";
import { fillBigRegistry } from "./big-registry.js";

let server: TestServer;
async function rowsOf(doc: string, vars = {}) {
  const { statements, result } = await recordStatements(() => server.request(doc, vars));
  if (result.errors) console.log(JSON.stringify(result.errors));
  let n = 0;
  for (const s of statements) if (!/"Event/.test(s.text)) n += await countRowsRead(server.database.pool, s);
  return n;
}
test("x", async () => {
  for (let i = 0; i < 3; i++) {
    server = await startTestServer();
    await fillBigRegistry(server.database.pool);
    const out: string[] = [];
    for (const tune of ["4", "1.1", "1"]) {
      for (let c = 0; c < 1; c++)
        await server.database.pool.query(
          `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET random_page_cost = ${tune}'; END $$`,
        );
      if (server.database.kind === "pglite") await server.database.pool.query(`SET random_page_cost = ${tune}`);
      else {
        await server.database.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN%'",
        );
        await server.database.pool.query(`SET random_page_cost = ${tune}`);
      }
      for (const field of ["NUMBER", "CREATED_AT"])
        for (const first of [3, 20, 100, 200]) {
          const walk = `query ($after: String, $first: Int!) { model(name: "m-0001") {
    versions(first: $first, after: $after, orderBy: {field: ${field}}) { nodes { number } pageInfo { endCursor } } } }`;
          let after: string | null = null;
          for (let page = 0; page < 5; page++)
            after = (await server.data(walk, { first: 200, after })).model.versions.pageInfo.endCursor;
          out.push(
            `${tune} ${field} ${first} ${await rowsOf(walk, { first, after: null })} ${await rowsOf(walk, { first, after })}`,
          );
        }
    }
    console.log(out.join("\n"));
    await server.stop();
  }
}, 120000);
