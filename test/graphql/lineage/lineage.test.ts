import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Edge = readonly [from: number, to: number];
type Direction = "UPSTREAM" | "DOWNSTREAM" | "BOTH";

const LINEAGE = `query ($of: LineageNodeRef!, $direction: LineageDirection!, $depth: Int!, $first: Int, $kinds: [LineageNodeKind!]) {
  lineage(of: $of, direction: $direction, depth: $depth, first: $first, kinds: $kinds) {
    truncated counts { kind count } nodes { nodeId depth kind name } edges { from to } } }`;

const runId = (id: string) => Buffer.from(`Run:${id}`).toString("base64url");

/** The result of a plain breadth-first search: each node with its distance. */
function search(edges: readonly Edge[], start: number, depth: number, direction: Direction): Map<number, number> {
  const found = new Map([[start, 0]]);
  for (const up of [true, false]) {
    if (up ? direction === "DOWNSTREAM" : direction === "UPSTREAM") continue;
    const seen = new Set([start]);
    let level = [start];
    for (let distance = 1; distance <= depth; distance++) {
      const next = edges.flatMap(([from, to]) => {
        const [here, there] = up ? [to, from] : [from, to];
        return level.includes(here) && !seen.has(there) ? [there] : [];
      });
      level = [...new Set(next)];
      for (const node of level) {
        seen.add(node);
        found.set(node, Math.min(distance, found.get(node) ?? distance));
      }
    }
  }
  return found;
}

let graphs = 0;

/** Creates runs with edges between them, including cycles. */
async function fillGraph(size: number, edges: readonly Edge[]): Promise<(node: number) => string> {
  const name = `g${++graphs}`;
  const id = (node: number) => `${name}-${node}`;
  const runs = Array.from(
    { length: size },
    (_, i) =>
      `r${i}: createRun(input: {experiment: {name: "${name}"}, createExperiment: true, runId: "${id(i)}"}) { run { id } }`,
  );
  await server.data(`mutation { ${runs.join("\n")} }`);
  const { pool } = server.database;
  const rows = edges.map(([from, to]) => [id(from), id(to)]);
  await pool.query(
    `INSERT INTO "LineageEdge" ("kind", "external", "at", "fromRunId", "toRunId")
     SELECT 'DERIVED', true, now(), e->>0, e->>1 FROM json_array_elements($1::json) AS e ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
  return id;
}

describe("a walk", () => {
  test("of any graph equals a plain breadth-first search", async () => {
    const SIZE = 9;
    const node = fc.integer({ min: 0, max: SIZE - 1 });
    const edge = fc.tuple(node, node).filter(([from, to]) => from !== to);
    const direction = fc.constantFrom<Direction>("UPSTREAM", "DOWNSTREAM", "BOTH");
    const graph = fc.record({
      edges: fc.uniqueArray(edge, { maxLength: 20, selector: String }),
      walks: fc.array(fc.record({ start: node, depth: fc.integer({ min: 1, max: 6 }), direction }), {
        minLength: 4,
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(graph, async ({ edges, walks }) => {
        const id = await fillGraph(SIZE, edges);
        for (const { start, depth, direction: way } of walks) {
          const { lineage } = await server.data(LINEAGE, { of: { run: id(start) }, direction: way, depth });
          const found = search(edges, start, depth, way);
          expect(
            new Map(lineage.nodes.map((each: { nodeId: string; depth: number }) => [each.nodeId, each.depth])),
          ).toEqual(new Map([...found].map(([each, distance]) => [runId(id(each)), distance])));
          const between = edges.filter(([from, to]) => found.has(from) && found.has(to));
          expect(lineage.edges.map(({ from, to }: { from: string; to: string }) => `${from} ${to}`).sort()).toEqual(
            between.map(([from, to]) => `${runId(id(from))} ${runId(id(to))}`).sort(),
          );
          expect(lineage.counts).toEqual([{ kind: "RUN", count: found.size }]);
          const further = (way === "BOTH" ? (["UPSTREAM", "DOWNSTREAM"] as const) : [way]).some(
            (each) => search(edges, start, depth + 1, each).size > search(edges, start, depth, each).size,
          );
          expect(lineage.truncated, "there is more beyond the depth").toBe(further);
        }
      }),
      { numRuns: 6 },
    );
  });

  test("is one statement at any depth, and one more for each kind whose fields are selected", async () => {
    const chain = Array.from({ length: 29 }, (_, i): Edge => [i, i + 1]);
    const id = await fillGraph(30, chain);
    const count = async (depth: number, document = LINEAGE) => {
      const { result, statements } = await recordStatements(() =>
        server.data(document, { of: { run: id(29) }, direction: "UPSTREAM", depth }),
      );
      expect(result.lineage.nodes).toHaveLength(depth + 1);
      return statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text)).length;
    };
    expect([await count(1), await count(5), await count(29)]).toEqual([1, 1, 1]);
    expect(
      await count(29, LINEAGE.replace("nodes {", "nodes { node { ... on Run { status experiment { name } } }")),
    ).toBe(2);
  });

  test("returns the nearest first, and whether there is more", async () => {
    const id = await fillGraph(6, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
    const ask = (more: object) =>
      server
        .data(LINEAGE, { of: { run: id(0) }, direction: "DOWNSTREAM", depth: 5, ...more })
        .then(({ lineage }) => lineage);
    expect(await ask({ first: 3 })).toMatchObject({
      truncated: true,
      counts: [{ kind: "RUN", count: 6 }],
      nodes: [0, 1, 2].map((depth) => ({ depth, name: id(depth) })),
      edges: [{}, {}],
    });
    expect(await ask({ first: 6 })).toMatchObject({ truncated: false });
    expect(await ask({ depth: 4 })).toMatchObject({ truncated: true });
    expect(await ask({ kinds: ["DATASET"] })).toEqual({ truncated: false, counts: [], nodes: [], edges: [] });
  });

  test("stops at what the viewer may not see, and reveals nothing behind it", async () => {
    await server.data(`mutation {
      a: createRun(input: {experiment: {name: "open"}, createExperiment: true, runId: "w-a"}) { run { id } }
      b: createRun(input: {experiment: {name: "closed"}, createExperiment: true, runId: "w-b"}) { run { id } }
      c: createRun(input: {experiment: {name: "open"}, runId: "w-c"}) { run { id } }
      d: createRun(input: {experiment: {name: "open"}, runId: "w-d"}) { run { id } }
      ab: addLineage(input: {from: {run: "w-a"}, to: {run: "w-b"}}) { created }
      bc: addLineage(input: {from: {run: "w-b"}, to: {run: "w-c"}}) { created }
      ad: addLineage(input: {from: {run: "w-a"}, to: {run: "w-d"}}) { created }
    }`);
    const ask = (run: string, experiments?: string[], depth = 5) =>
      server.data(LINEAGE, { of: { run }, direction: "DOWNSTREAM", depth }, experiments ? { experiments } : {}).then(
        ({ lineage }) =>
          lineage && {
            ...lineage,
            nodes: lineage.nodes.map(({ name }: { name: string }) => name),
            edges: lineage.edges.length,
          },
      );
    const counts = (count: number) => [{ kind: "RUN", count }];
    expect(await ask("w-a")).toEqual({
      truncated: false,
      counts: counts(4),
      nodes: ["w-a", "w-b", "w-d", "w-c"],
      edges: 3,
    });
    expect(await ask("w-a", ["open"])).toEqual({
      truncated: false,
      counts: counts(2),
      nodes: ["w-a", "w-d"],
      edges: 1,
    });
    expect(await ask("w-d", ["open"])).toEqual({ truncated: false, counts: counts(1), nodes: ["w-d"], edges: 0 });
    expect(await ask("w-b", ["open"])).toBeNull();
    await server.data(`mutation { deleteRun(input: {run: "w-b", force: true}) { deletedId } }`);
    expect(await ask("w-a", undefined, 1)).toEqual({
      truncated: false,
      counts: counts(2),
      nodes: ["w-a", "w-d"],
      edges: 1,
    });
  });

  test.each([
    ["depth", { depth: 0 }],
    ["depth", { depth: 51 }],
    ["first", { first: 0 }],
    ["first", { first: 1001 }],
    ["of.id", { of: { id: Buffer.from("Model:00000000-0000-0000-0000-000000000000").toString("base64url") } }],
    ["of.run", { of: { run: "not/an/id" } }],
  ])("refuses a wrong %s", async (field, wrong) => {
    const { errors } = await server.request(LINEAGE, { of: { run: "w-a" }, direction: "BOTH", depth: 1, ...wrong });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field });
  });
});

describe("edges", () => {
  test("are recorded once, removed once, and only where addLineage recorded them", async () => {
    await server.data(`mutation {
      r: createRun(input: {experiment: {name: "edges"}, createExperiment: true, runId: "e-r"}) { run { id } }
      i: logInputs(input: {run: "e-r", datasets: [{dataset: {name: "e-d", digest: "1"}, context: "training"}]}) { run { id } }
      v: createModelVersion(input: {model: {name: "e-m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    }`);
    const edge = (name: string, input: string, field: string) =>
      server.request(`mutation { ${name}(input: ${input}) { ${field} kind } }`);
    const DERIVED = `{from: {dataset: {identity: {name: "e-d", digest: "1"}}}, to: {modelVersion: {number: {model: "e-m", number: 1}}}}`;
    expect((await edge("addLineage", DERIVED, "created")).data).toEqual({
      addLineage: { created: true, kind: "DERIVED" },
    });
    expect((await edge("addLineage", DERIVED, "created")).data).toEqual({
      addLineage: { created: false, kind: "DERIVED" },
    });
    expect((await edge("removeLineage", DERIVED, "removed")).data).toEqual({
      removeLineage: { removed: true, kind: "DERIVED" },
    });
    expect((await edge("removeLineage", DERIVED, "removed")).errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    const LOGGED = `{from: {dataset: {identity: {name: "e-d", digest: "1"}}}, to: {run: "e-r"}, context: "training"}`;
    expect((await edge("removeLineage", LOGGED, "removed")).errors?.[0]?.extensions.code).toBe("CONFLICT");
    const SELF = `{from: {run: "e-r"}, to: {run: "${runId("e-r")}"}}`;
    expect((await edge("addLineage", SELF, "created")).errors?.[0]?.extensions).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.to",
    });
    const GHOST = `{from: {run: "e-r"}, to: {modelVersion: {number: {model: "e-m", number: 9}}}}`;
    expect((await edge("addLineage", GHOST, "created")).errors?.[0]?.extensions).toMatchObject({
      code: "NOT_FOUND",
      field: "input.to",
    });
    const { rows } = await server.database.pool.query(
      `SELECT "type" FROM "Event" WHERE "subjectType" = 'LineageEdge' AND "subjectId" LIKE '%MODEL_VERSION%' ORDER BY "revision"`,
    );
    expect(rows.map(({ type }) => type)).toEqual(["lineage.added", "lineage.removed"]);
  });
});

test("one query returns the production versions that were derived from a dataset, and where they run", async () => {
  await server.data(`mutation {
    r: createRun(input: {experiment: {name: "q"}, createExperiment: true, runId: "q-1"}) { run { id } }
    i: logInputs(input: {run: "q-1", datasets: [{dataset: {name: "raw", digest: "1"}}]}) { run { id } }
    o: logOutputs(input: {run: "q-1", datasets: [{name: "clean", digest: "1"}]}) { run { id } }
    s: createRun(input: {experiment: {name: "q"}, runId: "q-2"}) { run { id } }
    j: logInputs(input: {run: "q-2", datasets: [{dataset: {name: "clean", digest: "1"}}]}) { run { id } }
    v: createModelVersion(input: {model: {name: "q-m"}, createModel: true, source: "s3://b/1", run: "q-2"}) { modelVersion { id } }
    w: createModelVersion(input: {model: {name: "q-m"}, source: "s3://b/2", run: "q-2"}) { modelVersion { id } }
    p: transitionModelVersion(input: {version: {number: {model: "q-m", number: 1}}, to: PRODUCTION}) { modelVersion { id } }
    d: reportDeployment(input: {environment: "prod", endpoint: "q", model: {name: "q-m"}, state: RUNNING, running: [{version: {number: {model: "q-m", number: 1}}}]}) { applied }
  }`);
  const { result, statements } = await recordStatements(() =>
    server.data(
      `{ dataset(name: "raw", digest: "1") { affectedVersions(stage: PRODUCTION) { totalCount nodes { number deployments { nodes { environment endpoint } } } } } }`,
    ),
  );
  expect(result.dataset.affectedVersions).toEqual({
    totalCount: 1,
    nodes: [{ number: 1, deployments: { nodes: [{ environment: "prod", endpoint: "q" }] } }],
  });
  expect(statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text))).toHaveLength(4);
});
