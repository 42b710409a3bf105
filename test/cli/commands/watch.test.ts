import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/run.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const name of ["a", "b"]) {
    await server.data(
      `mutation ($name: String!) {
        createModelVersion(input: {model: {name: $name}, createModel: true, source: "s3://secret/x"}) { modelVersion { id } }
        transitionModelVersion(input: {version: {number: {model: $name, number: 1}}, to: PRODUCTION}) { transition { id } }
      }`,
      { name },
    );
  }
});
afterAll(() => server.stop());

/** Runs `watch --reconcile` until it has printed both versions. */
async function reconcile(...scopes: Scope[]) {
  const token = await server.token({ scopes, subject: "deployer" });
  const [out, err]: [string[], string[]] = [[], []];
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const argv = ["watch", "--reconcile", "--stage", "PRODUCTION", "--json", "--url", server.url, "--token", token];
  const code = runCommandLine(argv, {
    env: {},
    now: () => new Date(),
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readStdin: async () => "",
    untilStopped: () => stopped,
    ask: null,
    onReload: () => {},
  });
  await expect.poll(() => out.length).toBe(2);
  stop();
  expect(await code).toBe(0);
  const sources = out.map((line) => JSON.parse(line).source);
  return { sources, warnings: err.filter((line) => line.includes("SHELFMARK_SOURCE")) };
}

test("--reconcile warns once when the token may not read sources, and names the scope", async () => {
  expect(await reconcile("models:read")).toEqual({
    sources: [null, null],
    warnings: [
      "shelfmark: The token lacks the scope artifacts:read, so SHELFMARK_SOURCE is not set and the source in the JSON is null.\n",
    ],
  });
});

test("--reconcile does not warn when the token has the scope", async () => {
  const source = "s3://secret/x";
  expect(await reconcile("models:read", "artifacts:read")).toEqual({ sources: [source, source], warnings: [] });
});

test("--reconcile stops with a sentence when the model that it names is renamed", async () => {
  const [out, err]: [string[], string[]] = [[], []];
  const argv = ["watch", "--reconcile", "--stage", "PRODUCTION", "--json", "--model", "b", "--url", server.url];
  const code = runCommandLine([...argv, "--token", await server.token({ scopes: ["models:read"] })], {
    env: {},
    now: () => new Date(),
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readStdin: async () => "",
    untilStopped: () => new Promise(() => {}),
    ask: null,
    onReload: () => {},
  });
  await expect.poll(() => out.length).toBe(1);
  await server.data(`mutation { renameModel(input: {model: {name: "b"}, newName: "c"}) { model { id } } }`);
  expect(await code).toBe(1);
  expect(err.at(-1)).toBe(
    'shelfmark: The model "b" was renamed to "c". Nothing more is applied for "b". Start again with the name of the model that you mean.\n',
  );
});
