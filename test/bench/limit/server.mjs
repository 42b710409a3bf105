// The limit: what one node:http process does when each answer is one hand-written, named statement through `pg`.
import { createServer } from "node:http";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { createPglitePool } from "../../../dist/store/connection/pglite-pool.js";
import { constantFor } from "./constant.mjs";
import { READS } from "./reads.mjs";
import { WRITES } from "./writes.mjs";

const POOL_SIZE = 10; // as SHELFMARK_POOL_SIZE
const { DATABASE_URL: connectionString, PGLITE_FOLDER: folder } = process.env;
const pool = folder
  ? createPglitePool(await PGlite.create(folder), console)
  : new pg.Pool({ connectionString, max: POOL_SIZE });
const constant = constantFor(process.env);

/** The text of `data` for the variables of a request. */
const ROUTES = {
  ...Object.fromEntries(
    Object.entries(READS).map(([route, { text, values, isUnnamed }]) => {
      const statement = isUnnamed ? { text } : { name: route, text };
      return [route, async (asked) => (await pool.query({ ...statement, values: values(asked) })).rows[0].data];
    }),
  ),
  ...Object.fromEntries(
    Object.entries(WRITES).map(([name, write]) => [name, (variables) => inTransaction((run) => write(run, variables))]),
  ),
  constant: (_, request) => constant(request.headers.authorization),
};

async function inTransaction(work) {
  const client = await pool.connect();
  const run = async (name, text, values) => (await client.query({ name, text, values })).rows;
  try {
    await run("begin", "BEGIN");
    const data = await work(run);
    await run("commit", "COMMIT");
    client.release();
    return data;
  } catch (error) {
    client.release(error);
    throw error;
  }
}

const server = createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { variables } = JSON.parse(Buffer.concat(chunks).toString());
    const data = await ROUTES[request.url.slice(1)](variables, request);
    const body = Buffer.from(`{"data":${data}}`);
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit(0));
