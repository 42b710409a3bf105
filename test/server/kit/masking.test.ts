import { readFileSync } from "node:fs";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../../src/app.js";
import { ERROR_CODES } from "../../../src/domain/errors.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post } from "../../support/transports.js";
import { testConfig } from "../../support/wiring.js";

let server: TestServer;
/** A second server on the same database, whose log can be read. */
let logged: App;
const log: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  const destination = { write: (line: string) => void log.push(line) };
  logged = createApp(testConfig(), { log: pino({ level: "error" }, destination), database: server.database });
  await logged.start();
});
afterAll(async () => {
  await logged?.stop();
  await server?.stop();
});

const MODELS = 50;

test("a field that is refused in 50 rows is one error, with the path of the first and a count", async () => {
  const rows = Array.from(
    { length: MODELS },
    (_, i) =>
      `v${i}: createModelVersion(input: { model: { name: "m${i}" }, createModel: true, source: "s3://secret/${i}" }) { modelVersion { id } }`,
  );
  await server.data(`mutation { ${rows.join(" ")} }`);
  const query = `{ models(first: ${MODELS}) { nodes { name latestVersion { number source signature } } } }`;
  const narrow = await server.token({ subject: "narrow", scopes: ["models:read"] });
  const socket = await openSocket(server.url, narrow);
  for (const answer of [await (await post(server.url, narrow, { query })).json(), await socket.answer("1", query)]) {
    expect(answer.data.models.nodes).toHaveLength(MODELS);
    expect(JSON.stringify(answer)).not.toContain("s3://secret");
    const path = (field: string) => ["models", "nodes", 0, "latestVersion", field];
    const extensions = {
      code: "FORBIDDEN",
      retryable: false,
      requiredScopes: ["artifacts:read"],
      requestId: expect.any(String),
      count: MODELS,
    };
    expect(answer.errors).toHaveLength(
      answer.errors.some(({ path }: { path: string[] }) => path[4] === "signature") ? 2 : 1,
    );
    expect(answer.errors[0]).toMatchObject({ path: path("source"), extensions });
  }
  await socket.close();
});

test("the codes are one closed list, and the schema's own description lists them", () => {
  const sdl = readFileSync(new URL("../../../schema.graphql", import.meta.url), "utf8");
  const listed = /one of ((?:`[A-Z_]+` ?)+)/.exec(sdl)?.[1]?.match(/[A-Z_]+/g);
  expect(listed).toEqual(Object.keys(ERROR_CODES));
});

test("the log of an unexpected error names its cause, and quotes nothing of the row", async () => {
  const { pool } = server.database;
  const source = "s3://secret/of-a-row";
  await pool.query(`ALTER TABLE "ModelVersion" ADD CONSTRAINT unforeseen CHECK (source <> '${source}')`);
  const query = `mutation { createModelVersion(input: { model: { name: "m0" }, source: "${source}" }) { modelVersion { id } } }`;
  const refused = await (await post(logged.url, await server.token(), { query })).json();
  await pool.query('ALTER TABLE "ModelVersion" DROP CONSTRAINT unforeseen');
  const { code, requestId } = refused.errors[0].extensions;
  expect(code).toBe("INTERNAL");
  const [line, ...others] = log.filter((each) => each.includes(requestId));
  expect([line, others]).toEqual([expect.stringContaining("unforeseen"), []]);
  expect(line).toContain("insertVersion");
  expect(line).not.toContain("secret");
});

test("an unexpected error shows its request id and nothing else, over every transport; the log has the rest", async () => {
  const token = await server.token();
  const masked = (requestId: unknown) => ({
    message: expect.stringMatching(/^Something went wrong on our side. Tell us the request id [\w-]+\.$/),
    extensions: { code: "INTERNAL", retryable: false, requestId },
  });
  const socket = await openSocket(logged.url, token);
  await server.database.pool.query('DROP TABLE "ModelTag" CASCADE');
  const query = '{ model(name: "m1") { id tags { key } } }';

  const response = await post(logged.url, token, { query }, { "x-request-id": "who-knows" });
  const http = await response.json();
  expect(http.errors).toMatchObject([masked("who-knows")]);
  expect(http.errors[0].message).toContain("who-knows");
  const ws = await socket.answer("1", query);
  expect(ws.errors).toMatchObject([masked(expect.any(String))]);
  const written = await post(logged.url, token, {
    query: 'mutation { setTag(input: { on: { model: { name: "m1" } }, key: "k", value: "v" }) { __typename } }',
  });
  const refused = await written.json();
  expect(refused).toMatchObject({ data: null, errors: [masked(expect.any(String))] });

  for (const told of [http, ws, refused])
    expect(JSON.stringify(told)).not.toMatch(
      /ModelTag|relation|select|insert|prisma|42P01|P2021|\.[jt]s\b|node_modules| {4}at /i,
    );
  for (const id of ["who-knows", ws.errors?.[0]?.extensions.requestId, refused.errors[0].extensions.requestId])
    expect(log.filter((line) => line.includes(`"requestId":"${id}"`))).toEqual([expect.stringContaining("ModelTag")]);
  await socket.close();
});

test("a stream whose first read fails ends with the masked error, over both transports", async () => {
  const token = await server.token();
  const socket = await openSocket(logged.url, token);
  await server.database.pool.query('ALTER TABLE "EventHead" RENAME TO "Gone"');
  const sse = await openSse(logged.url, token, BOOKMARKS);
  const first = await sse.next();
  expect(first?.errors).toMatchObject([{ extensions: { code: "INTERNAL" } }]);
  expect(await sse.next()).toBeNull();
  socket.subscribe("1", BOOKMARKS);
  const { payload } = await socket.nextFor("1");
  expect(JSON.stringify(payload)).toContain('"code":"INTERNAL"');
  expect(JSON.stringify([first, payload])).not.toMatch(/EventHead|relation/);
  await server.database.pool.query('ALTER TABLE "Gone" RENAME TO "EventHead"');
  await socket.close();
});
