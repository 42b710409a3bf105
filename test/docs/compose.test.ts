import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, inject, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../support/database/postgres-server.js";
import { freePort } from "../support/process/free-port.js";
import { postGraphQL, spawnShelfmark } from "../support/process/server-process.js";
import { block, ROOT } from "./blocks.js";
import { type Container, readContainer } from "./compose-file.js";

const soon = { timeout: 60_000 };
process.env.TEST_DATABASE_URL ||= inject("postgresUrl");

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-compose-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the commands of src/server/README.md make a key, a server that trusts it, and a token for it", async ({
  skip,
}) => {
  skip(!process.env.TEST_DATABASE_URL, "no PostgreSQL: set TEST_DATABASE_URL");
  const folder = makeFolder();
  for (const name of ["compose.yaml", "Dockerfile"]) copyFileSync(`${ROOT}${name}`, join(folder, name));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\nexec node --import ${TSX} ${ROOT}test/docs/docker-stub.ts "$@"\n`);
  chmodSync(join(folder, "docker"), 0o755);
  const { stdout } = await promisify(execFile)(
    "bash",
    ["--norc", "-euo", "pipefail", "-c", block("src/server/README.md", "compose")],
    { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}`, CONTAINER: join(folder, "container.json") } },
  );
  const { environment } = JSON.parse(readFileSync(join(folder, "container.json"), "utf8")) as Container;
  const url = await startContainer(folder, environment);
  const answer = await postGraphQL(url, stdout.trim(), { query: "{ viewer { actor { subject } scopes } }" });
  expect(answer.data.viewer).toMatchObject({ actor: { subject: "me" }, scopes: expect.arrayContaining(["admin"]) });
});

const TSX = import.meta.resolve("tsx");

/** The container's server, with a folder, a port and a database of the test. */
async function startContainer(folder: string, environment: Container["environment"]): Promise<string> {
  const database = await createTestDatabase();
  cleanUps.push(() => dropTestDatabase(database));
  expect(environment.DATABASE_URL).toBe("postgres://shelfmark:choose-a-long-one@postgres:5432/shelfmark");
  const port = await freePort();
  const own = { DATABASE_URL: addressOf(database), PORT: String(port), SHELFMARK_DATA: join(folder, "data") };
  const server = spawnShelfmark(["serve"], { ...environment, ...own });
  cleanUps.push(() => server.kill("SIGTERM"));
  await expect.poll(() => server.out() + server.err(), soon).toContain("Shelfmark is ready");
  return `http://127.0.0.1:${port}/graphql`;
}

const PASSWORD = { POSTGRES_PASSWORD: "secret" };

test("compose.yaml takes an identity provider, or a file of issuers, in place of a key", () => {
  const provider = {
    SHELFMARK_JWKS_URL: "https://issuer.example/.well-known/jwks.json",
    SHELFMARK_JWT_ISSUER: "https://issuer.example",
    SHELFMARK_JWT_AUDIENCE: "shelfmark",
  };
  expect(() => loadConfig(readContainer({ ...PASSWORD, ...provider }).environment)).not.toThrow();

  const { environment, mounts } = readContainer({ ...PASSWORD, SHELFMARK_AUTH_FILE: "./auth.yaml" });
  expect(mounts.get(environment.SHELFMARK_AUTH_FILE ?? "")).toBe("./auth.yaml");
  const file = join(makeFolder(), "auth.yaml");
  writeFileSync(file, block("src/auth/README.md", "issuers.yaml"));
  expect(() => loadConfig({ ...environment, SHELFMARK_AUTH_FILE: file })).not.toThrow();
});

test("compose.yaml refuses to start without a password", () => {
  expect(() => readContainer({})).toThrow("POSTGRES_PASSWORD");
});
