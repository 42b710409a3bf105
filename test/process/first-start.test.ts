import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_DATABASE_KIND } from "../support/database/database.js";
import { type Home, makeHome } from "../support/process/home.js";
import {
  killServerProcesses,
  residentMegabytes,
  type ServerProcess,
  spawnShelfmark,
  startServerProcess,
} from "../support/process/server-process.js";

let home: Home;
let server: ServerProcess;
beforeAll(async () => {
  home = await makeHome("fresh");
  server = await startServerProcess(home.env);
});
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
});

test("the first start prints an address, a link to the console, a token and a curl line that works as pasted", async () => {
  expect(server.out()).toContain(`Shelfmark is ready at ${server.url}\n`);
  expect(server.out()).toMatch(/^Open http:\/\/127\.0\.0\.1:\d+\/#token=eyJ[\w-]+\.[\w-]+\.[\w-]+$/m);
  expect(server.out()).toContain(`data and key in ${home.folder}\n`);
  const curl = server
    .out()
    .split("\n")
    .find((line) => line.startsWith("curl "));
  const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-c", curl ?? "false"], {
    env: { PATH: process.env.PATH },
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).data.viewer).toMatchObject({ actor: { subject: "local" } });
  expect(JSON.parse(stdout)).not.toHaveProperty("errors");
  expect(server.err()).not.toContain(server.token);
});

test("SIGTERM exits with 0; the next start has kept everything", async () => {
  const input = { model: { name: "kept" }, createModel: true, source: "s3://b/x", aliases: ["champion"] };
  await server.data(
    `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { id } } }`,
    { input },
  );
  const watching = server.watch(`subscription { stageChanged { cursor } }`);
  expect(await watching.next()).toMatchObject({ done: false });
  expect(await server.kill("SIGTERM")).toMatchObject({ code: 0, signal: null });

  const { token } = server;
  server = await startServerProcess(home.env);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const megabytes = residentMegabytes(server.pid);
  // measured, and not asserted: both depend on the machine
  console.info(`ready after ${server.readyMs} ms, idle at ${megabytes} MB (${TEST_DATABASE_KIND})`);
  expect(await server.data(`{ model(name: "kept") { aliases { name } latestVersion { number source } } }`)).toEqual({
    model: { aliases: [{ name: "champion" }], latestVersion: { number: 1, source: "s3://b/x" } },
  });
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: "{ viewer { actor { subject } } }" }),
  });
  expect(await response.json()).toEqual({ data: { viewer: { actor: { subject: "local" } } } });
});

test.runIf(TEST_DATABASE_KIND === "pglite")(
  "a second process on the folder is refused with the process id of the first",
  async () => {
    const second = await spawnShelfmark(["serve"], { ...home.env, PORT: "0" }).ended;
    expect(second).toMatchObject({ code: 1, out: "" });
    expect(second.err).toMatch(
      new RegExp(`^shelfmark: The data folder \\S+ is in use by process ${server.pid} on [^\\n]+\\n$`),
    );
    expect(await server.data("{ head { revision } }")).toEqual({ head: { revision: expect.anything() } });
  },
);
