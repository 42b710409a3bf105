import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTestToken, startTestServer, type TestServer } from "../../support/server.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
let widened: Awaited<ReturnType<typeof startServerOn>>;
beforeAll(async () => {
  server = await startTestServer();
  widened = await startServerOn(server.database, { SHELFMARK_SOURCE_SCHEMES: "+acme,-http" });
});
afterAll(async () => {
  await widened.stop();
  await server.stop();
});

const MUTATIONS = {
  createModelVersion: `mutation ($source: String!) { it: createModelVersion(input: { model: { name: "m" }, createModel: true, source: $source }) { it: modelVersion { source } } }`,
  updateModelVersion: `mutation ($source: String!) {
    createModelVersion(input: { model: { name: "pending" }, createModel: true, status: PENDING_REGISTRATION, aliases: ["a"] }) { modelVersion { id } }
    it: updateModelVersion(input: { version: { alias: { model: "pending", alias: "a" } }, source: $source }) { it: modelVersion { source } } }`,
  registerDataset: `mutation ($source: String!) { it: registerDataset(input: { name: $source, digest: "1", source: $source }) { it: dataset { source } } }`,
};

async function stored(url: string, query: string, source: string): Promise<unknown> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${await mintTestToken()}` };
  const body = JSON.stringify({ query, variables: { source } });
  const answer = await (await fetch(url, { method: "POST", headers, body })).json();
  return answer.data?.it?.it.source ?? answer.errors?.[0]?.message;
}

test.each(Object.entries(MUTATIONS))("%s takes the schemes of the server's settings", async (_, query) => {
  expect(await stored(server.url, query, "HTTP://host/x")).toBe("http://host/x");
  expect(await stored(widened.url, query, "HTTP://host/x")).toContain("of one of the schemes s3, ");
  expect(await stored(widened.url, query, "ACME:x")).toBe("acme:x");
  expect(await stored(server.url, query, "ACME:x")).toContain("of one of the schemes s3, ");
});
