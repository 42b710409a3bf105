import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("the fields of a response have the order of the document, whichever is done first", async () => {
  const document = `{
    slow: models(where: { name: { contains: "a" } }) { totalCount nodes { versions { totalCount } name } }
    quick: viewer { actor { subject } }
    middle: head { revision }
    last: models(first: 1) { nodes { name } }
  }`;
  for (let round = 0; round < 10; round++) {
    const data = await server.data(document);
    expect(Object.keys(data)).toEqual(["slow", "quick", "middle", "last"]);
  }
});
