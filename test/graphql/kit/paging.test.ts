import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { fillLists, LISTS, type List, readPage, refusalOfPage } from "../../support/lists.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await fillLists(server);
});
afterAll(() => server.stop());

/** Each order once, alternating ascending and descending. */
const PAGED = LISTS.filter((_, place) => place % 4 === 0 || place % 4 === 3);

describe.each(PAGED)("a page of $title", (list) => {
  test("has nothing before its start and nothing after its end", async () => {
    const { ids, cursors, info } = await readPage(server, list, "first: 200");
    const count = ids.length;
    expect(info).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: cursors[0],
      endCursor: cursors.at(-1),
    });
    const pages = async (...all: string[]) =>
      Promise.all(all.map(async (page) => (await readPage(server, list, page)).ids));
    expect(await pages(`first: ${count}`, `last: ${count}`, "first: 2", "last: 2", "first: 0", "last: 0")).toEqual([
      ids,
      ids,
      ids.slice(0, 2),
      ids.slice(-2),
      [],
      [],
    ]);
    expect((await readPage(server, list, `first: ${count - 1}`)).info).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect((await readPage(server, list, `last: ${count - 1}`)).info).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    });
    const between = `after: "${cursors[0]}", before: "${cursors.at(-1)}"`;
    expect(
      await pages(`first: 200, ${between}`, `last: 200, ${between}`, `first: 1, ${between}`, `last: 1, ${between}`),
    ).toEqual([ids.slice(1, -1), ids.slice(1, -1), ids.slice(1, 2), ids.slice(-2, -1)]);
    expect((await readPage(server, list, `first: 5, after: "${info.endCursor}"`)).info).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });

  test("is refused for a size outside 0 to 200, and for first with last", async () => {
    for (const page of ["first: -1", "first: 201", "first: 2147483647"]) {
      expect(await refusalOfPage(server, list, page)).toMatchObject({ code: "INVALID_INPUT", field: "first" });
    }
    for (const page of ["last: -1", "last: 201", "first: 1, last: 1"]) {
      expect(await refusalOfPage(server, list, page)).toMatchObject({ code: "INVALID_INPUT", field: "last" });
    }
  });

  test("is refused after a cursor of another list, order or filter", async () => {
    const cursor = (await readPage(server, list, "first: 1")).info.endCursor;
    const place = LISTS.indexOf(list);
    const others: List[] = [1, 2, 3, 6, 12, 18, 20].flatMap((step) => LISTS[(place + step) % LISTS.length] ?? []);
    const filtered = { ...list, args: `${list.args ?? ""} where: {AND: []}` };
    for (const other of [...others, filtered]) {
      expect(await refusalOfPage(server, other, `first: 1, after: "${cursor}"`)).toMatchObject({
        code: "INVALID_INPUT",
        field: "after",
      });
    }
  });

  test("is refused before a cursor that was tampered with", async () => {
    const cursor = (await readPage(server, list, "first: 1")).info.endCursor as string;
    const plain = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const encode = (values: unknown) => Buffer.from(JSON.stringify(values)).toString("base64url");
    expect(encode(plain)).toBe(cursor);
    const bad = [-1, 1.5, 253402300800000, "1e9", "99999999999999999999", null, [], ""];
    const last = plain.slice(0, -1);
    const cursors = [
      "",
      "x",
      "=",
      cursor.slice(0, -3),
      cursor.slice(3),
      encode({}),
      encode([]),
      encode(null),
      encode([...plain, 1]),
    ];
    for (const each of [...cursors, ...bad.map((value) => encode([...last, value]))]) {
      expect(await refusalOfPage(server, list, `last: 1, before: "${each}"`)).toMatchObject({
        code: "INVALID_INPUT",
        field: "before",
      });
    }
  });
});

test("a page has 20 rows by default, and 200 at most", async () => {
  const at = new Date();
  const by = { createdByIssuer: "i", createdBySubject: "s", createdByKind: "USER" as const };
  const named = Array.from({ length: 201 }, (_, i) => ({ id: uuidv7(), name: `z-${i}`, liveName: `z-${i}` }));
  await server.database.prisma.model.createMany({
    data: named.map((model) => ({ ...model, createdAt: at, updatedAt: at, ...by })),
  });
  const sizes = await server.data(
    `{ a: models { nodes { id } } b: models(first: null, last: 200) { nodes { id } } c: models(first: 200) { nodes { id } } }`,
  );
  expect([sizes.a, sizes.b, sizes.c].map(({ nodes }) => nodes.length)).toEqual([20, 200, 200]);
});

test("totalCount counts all pages under the filter, and only if it is selected", async () => {
  const list = (asked: string) =>
    `{ models(first: 1, where: {name: {startsWith: "m"}}) { ${asked} nodes { versions(first: 1, where: {tag: {key: "none"}}) { ${asked} nodes { id } } transitions(first: 1) { ${asked} } } } modelVersions(first: 1) { ${asked} } stageTransitions(last: 1) { ${asked} } }`;
  const { result, statements } = await recordStatements(() => server.data(list("totalCount")));
  const moves = 4;
  expect(result).toEqual({
    models: { totalCount: 1, nodes: [{ versions: { totalCount: 0, nodes: [] }, transitions: { totalCount: moves } }] },
    modelVersions: { totalCount: 9 },
    stageTransitions: { totalCount: moves },
  });
  expect(statements.filter(({ text }) => /COUNT\(|SUM\(/i.test(text))).toHaveLength(5);
  const unasked = await recordStatements(() => server.data(list("__typename")));
  expect(unasked.statements.filter(({ text }) => /COUNT\(|SUM\(/i.test(text))).toEqual([]);
});
