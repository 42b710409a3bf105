import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";
import { type Call, mlflowClient } from "./mlflow-client.js";

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  await call("POST", "/registered-models/create", { name: "m" });
  await call("POST", "/model-versions/create", { name: "m", source: "s3://b/1" });
});
afterAll(() => server?.stop());

test.each([
  "foo = 'x'",
  "name = x",
  "name = 1",
  "name > 'x'",
  "name = 'a' OR name = 'b'",
  "name = 'a' name = 'b'",
  "name IN ()",
  "name IN 'a'",
  "name IN ('a'",
  "params.x = '1'",
  "tags.x IN ('1')",
  "name = 'a'; DROP TABLE \"Model\"",
  "name = 'unclosed",
  "AND",
  "version_number > 'x'",
  "(name = 'a')",
  `name LIKE '${"%a".repeat(600)}'`,
  Array.from({ length: 101 }, () => "name = 'a'").join(" AND "),
])("the filter %s is refused", async (filter) => {
  const { status, body } = await call("GET", "/model-versions/search", { filter });
  expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
});

const WORDS = ["name", "tags.team", "tags.`a b`", "version_number", "run_id", "AND", "IN", "NOT", "LIKE", "ILIKE", "="];
const piece = fc.oneof(
  fc.constantFrom(...WORDS, "!=", "<", "(", ")", ",", "'", '"', "`", ";", "--", "\\", "%", "\0", "\ud800", "1", "1.5"),
  fc.string({ maxLength: 8, unit: "binary" }).map((text) => `'${text}'`),
);

test("no filter whatsoever is answered with a fault of the server", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const filter = pieces.join(" ");
      for (const path of ["/registered-models/search", "/model-versions/search"]) {
        const { status, body } = await call("GET", path, { filter });
        expect([filter, status, body.error_code]).toEqual([
          filter,
          status === 200 ? 200 : 400,
          status === 200 ? undefined : "INVALID_PARAMETER_VALUE",
        ]);
      }
    }),
    { numRuns: 60 },
  );
});
