import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { block } from "../docs/blocks.js";
import { postGraphQL, spawnShelfmark } from "../support/process/server-process.js";
import { type Registry, startRegistry } from "./registry.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry?.stop());

const HOLDER = `query ($name: String!) { model(name: $name) { stageHolder(stage: PRODUCTION) { number source } versions { totalCount } } }`;
const release = (token: string, ...args: string[]) =>
  run("python3", [`${here}generated/release.py`, ...args], {
    env: { PATH: process.env.PATH, SHELFMARK_URL: registry.url, SHELFMARK_TOKEN: token },
  });

test("the documented release.py releases a version once however often it runs, and ends with the refusal", async () => {
  expect((await release(registry.token, "plain", "s3://plain/1", "build-1")).stdout).toBe("1\n");
  expect((await release(registry.token, "plain", "s3://plain/1", "build-1")).stdout).toBe("1\n");
  expect(await registry.data(HOLDER, { name: "plain" })).toEqual({
    model: { stageHolder: { number: 1, source: "s3://plain/1" }, versions: { totalCount: 1 } },
  });
  const other = await release(registry.token, "plain", "s3://plain/2", "build-1").catch((error) => error);
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("CONFLICT") });
  const refused = await release(registry.reader, "plain", "s3://plain/3", "build-3").catch((error) => error);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('"requiredScopes": ["models:write"') });
});

test("Python's gql over WebSocket resumes and is refused with reasons", async () => {
  const env = {
    PATH: process.env.PATH,
    SHELFMARK_URL: registry.url,
    SHELFMARK_TOKEN: registry.token,
    READER_TOKEN: registry.reader,
  };
  const { stdout } = await run(`${here}.venv/bin/python`, [`${here}watch.py`], { env });
  expect(stdout).toBe("[1] [2, 3, 4] FORBIDDEN ['models:write']\n");
});

test("the documented watch.py prints the models, then each promotion after the given cursor", async () => {
  const { head } = await registry.data("{ head { cursor } }");
  await registry.release("watched", "watched-before");
  const env = { SHELFMARK_URL: registry.url, SHELFMARK_TOKEN: registry.token, AFTER: head.cursor };
  const watcher = spawn(`${here}.venv/bin/python`, [`${here}generated/watch.py`], {
    env: { PATH: process.env.PATH, ...env },
  });
  let printed = "";
  for (const stream of [watcher.stdout, watcher.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const prints = (number: number) =>
    expect.poll(() => printed, { timeout: 50_000 }).toContain(`{'modelName': 'watched', 'versionNumber': ${number}}`);
  try {
    await prints(1);
    await registry.release("watched", "watched-live");
    await prints(2);
    expect(printed).toMatch(/^\{'models': \{'nodes': \[.*\{'name': 'watched'\}/);
  } finally {
    watcher.kill("SIGKILL");
  }
});

/** The documented file of issuers, with the key of one of them in place of the address of its keys. */
function withKeyOf(issuer: string, pem: string): string {
  const published = new RegExp(`jwksUrl: ${issuer.replaceAll(".", "\\.")}/.*`);
  return block("src/auth/README.md", "issuers.yaml").replace(published, `publicKey: ${JSON.stringify(pem)}`);
}

test("the documented GitHub Actions job releases with its own token", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const issuer = "https://token.actions.githubusercontent.com";
  const github = createServer(async (request, response) => {
    const audience = new URL(request.url ?? "", "http://github").searchParams.get("audience") ?? "";
    if (request.headers.authorization !== "bearer runner-secret") return response.writeHead(401).end();
    const claims = { repository: "acme/fraud", ref: "refs/heads/main", environment: "production" };
    const value = await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(issuer)
      .setSubject("repo:acme/fraud:environment:production")
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ count: value.length, value }));
  }).listen(0, "127.0.0.1");
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-github-"));
  const authFile = join(folder, "issuers.yaml");
  writeFileSync(authFile, withKeyOf(issuer, publicKey.export({ type: "spki", format: "pem" }).toString()));
  const server = spawnShelfmark(["serve"], { PORT: "0", SHELFMARK_DATA: folder, SHELFMARK_AUTH_FILE: authFile });
  try {
    const greeted = () => /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(server.out() + server.err())?.[0];
    await expect.poll(greeted).toBeTruthy();
    const url = greeted() ?? "";
    const requestUrl = `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?api-version=2.0`;
    const env = {
      ...{ PATH: process.env.PATH, SHELFMARK_URL: url, ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl },
      ...{
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner-secret",
        GITHUB_SHA: "abc123",
        GITHUB_RUN_ID: "77",
        GITHUB_RUN_ATTEMPT: "1",
      },
    };
    const [, step = ""] = /- run: \|\n([\s\S]*)/.exec(block("src/client/README.md", "release.yaml")) ?? [];
    const shell = ["-e", "-o", "pipefail", "-c", step.replace(/^ {10}/gm, "")];
    expect((await run("bash", shell, { env, cwd: `${here}generated` })).stdout).toBe("1\n");
    expect((await run("bash", shell, { env, cwd: `${here}generated` })).stdout).toBe("1\n");
    const token = await fetch(`${requestUrl}&audience=shelfmark`, {
      headers: { authorization: "bearer runner-secret" },
    });
    const answer = await postGraphQL(url, (await token.json()).value, { query: HOLDER, variables: { name: "fraud" } });
    expect(answer.data).toEqual({
      model: { stageHolder: { number: 1, source: "s3://models/fraud/abc123" }, versions: { totalCount: 1 } },
    });
  } finally {
    await server.kill("SIGTERM");
    github.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
