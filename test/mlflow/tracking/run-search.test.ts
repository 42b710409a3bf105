import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type Call, mlflowClient } from "../mlflow-client.js";

let server: TestServer;
let call: Call;
let experiment: string;
beforeAll(async () => {
  server = await startTestServer();
  call = mlflowClient(server.url);
  experiment = (await call("POST", "/experiments/create", { name: "searched" })).body.experiment_id;
  for (const [i, name] of ["a", "b", "c", "d", "e"].entries()) {
    const { body } = await call("POST", "/runs/create", {
      experiment_id: experiment,
      run_name: name,
      start_time: 1_000 + i,
      user_id: i % 2 === 0 ? "ada" : "bob",
      tags: i < 3 ? [{ key: "a key", value: `Tag ${i}` }] : [],
    });
    const { run_id } = body.run.info;
    const metrics = {
      a: [
        { key: "acc", value: 0.5, timestamp: 1, step: 1 },
        { key: "acc", value: 0.9, timestamp: 1, step: 0 },
      ],
      b: [{ key: "acc", value: "NaN", timestamp: 1 }],
      c: [{ key: "acc", value: 0.7, timestamp: 1 }],
      d: [],
      e: [{ key: "acc", value: "-Infinity", timestamp: 1 }],
    }[name];
    await call("POST", "/runs/log-batch", { run_id, metrics, params: i < 2 ? [{ key: "lr", value: `0.${i}` }] : [] });
    const dataset = { name: `data-${name}`, digest: "1" };
    const tags = [{ key: "mlflow.data.context", value: i === 0 ? "training" : "eval" }];
    if (i < 2) await call("POST", "/runs/log-inputs", { run_id, datasets: [{ dataset, tags }] });
    if (i === 4) await call("POST", "/runs/update", { run_id, status: "FINISHED", end_time: 2_000 });
  }
});
afterAll(() => server?.stop());

const search = (more: object) => call("POST", "/runs/search", { experiment_ids: [experiment], ...more });
const names = async (more: object): Promise<string> => {
  const { status, body } = await search(more);
  if (status !== 200) return body.message;
  return (body.runs ?? []).map(({ info }: { info: { run_name: string } }) => info.run_name).join("");
};

test.each([
  ["", "edcba"],
  ["metrics.acc >= 0.5", "ca"],
  ["metrics.acc = 0.5", "a"],
  ["metrics.acc < 1e0", "eca"],
  ["metrics.`acc` != 0.7", "eba"],
  ["params.lr = '0.1'", "b"],
  ["params.\"lr\" LIKE '0.%'", "ba"],
  ["params.lr IS NULL", "edc"],
  ["tags.`a key` ILIKE 'tag%'", "cba"],
  ["tags.`a key` IS NOT NULL and metrics.acc > 0.6", "c"],
  ["tags.mlflow.runName = 'd'", "d"],
  ["run_name IN ('a', 'd')", "da"],
  ["attributes.status = 'FINISHED'", "e"],
  ["attribute.user_id != 'ada'", "db"],
  ["start_time > 1002", "ed"],
  ["end_time <= 2000", "e"],
  ["attributes.`Run name` LIKE '%c%'", "c"],
  ["dataset.name = 'data-a'", "a"],
  ["datasets.context = 'eval' AND dataset.digest = '1'", "b"],
  ["dataset.name = 'data-a' AND dataset.context = 'eval'", ""],
])("runs by %s", async (filter, found) => {
  expect(await names({ filter })).toBe(found);
});

test.each([
  [["metrics.acc ASC"], "eacbd"],
  [["metrics.acc DESC"], "caebd"],
  [["params.lr"], "abedc"],
  [["tag.`a key` desc"], "cbaed"],
  [["attributes.end_time ASC", "run_name ASC"], "eabcd"],
  [["status ASC", "start_time ASC"], "eabcd"],
  [["user_id DESC", "metrics.acc ASC"], "bdeac"],
])("runs in the order of %j, in pages too", async (order_by, order) => {
  expect(await names({ order_by })).toBe(order);
  let paged = "";
  let token: string | undefined;
  do {
    const page = { order_by, max_results: 2, ...(token ? { page_token: token } : {}) };
    const { body } = await search(page);
    paged += body.runs.map(({ info }: { info: { run_name: string } }) => info.run_name).join("");
    token = body.next_page_token;
  } while (token);
  expect(paged).toBe(order);
});

test("the lists of experiments and views", async () => {
  expect(await names({ experiment_ids: [] })).toBe("");
  expect(await names({ experiment_ids: ["424242", "99999999999", experiment, experiment] })).toBe("edcba");
  expect(await names({ run_view_type: "DELETED_ONLY" })).toBe("");
  expect(await names({ run_view_type: "NOPE" })).toBe("edcba");
  const { body } = await search({ max_results: 2 });
  for (const other of [{ order_by: ["run_name"] }, { filter: "run_name = 'a'" }, { run_view_type: "ALL" }]) {
    expect(await names({ ...other, page_token: body.next_page_token })).toContain("Invalid page token");
  }
});

test.each([
  "attributes.foo = 'x'",
  "metrics.m = 'x'",
  "metrics.m LIKE 'x'",
  "params.p > 3",
  "params.p = '1' OR params.p = '2'",
  "foo.x = '1'",
  "tags.x IS",
  "start_time > 'x'",
  "dataset.schema = 'x'",
])("the filter %s is refused", async (filter) => {
  const { status, body } = await search({ filter });
  expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
});

test.each(["foo bar baz", "foo", "metrics.m up", "dataset.name", "", "'x'", "a ASC DESC"])(
  "the order %j is refused",
  async (term) => {
    const { status, body } = await search({ order_by: [term] });
    expect([status, body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  },
);

const WORDS = [
  "metrics.acc",
  "params.lr",
  "tags.`a b`",
  "start_time",
  "run_id",
  "AND",
  "IN",
  "IS",
  "NULL",
  "NOT",
  "LIKE",
];
const piece = fc.oneof(
  fc.constantFrom(
    ...WORDS,
    "=",
    "!=",
    "<",
    "(",
    ")",
    ",",
    "'",
    '"',
    "`",
    ";",
    "--",
    "\\",
    "%",
    "\0",
    "\ud800",
    "1",
    "1e999",
    "-0",
  ),
  fc.string({ maxLength: 8, unit: "binary" }).map((text) => `'${text}'`),
);

test("no filter and no order whatsoever is answered with a fault of the server", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const text = pieces.join(" ");
      for (const request of [{ filter: text }, { order_by: [text] }]) {
        const { status, body } = await search(request);
        expect([request, status === 200 ? undefined : body.error_code]).toEqual([
          request,
          status === 200 ? undefined : "INVALID_PARAMETER_VALUE",
        ]);
      }
    }),
    { numRuns: 60 },
  );
});
