import { parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { TwoPaths, toViewer } from "./two-paths.js";

const ADMIN = toViewer({ scopes: ["admin"] });
/** Whatever JSON escapes, and what it could escape and does not. */
const VALUES = [
  "plain",
  `"quoted" \\ / 'single' $$ $1 %s`,
  "\b\f\n\r\t\u0001\u001f\u007f\u0080\u009f",
  "\u2028\u2029\ufeff\ufffd\uffff",
  "Grüße 漢字 \u{1f600} e\u0301",
  '{"a":[null]}',
];

let server: TestServer;
let paths: TwoPaths;
beforeAll(async () => {
  server = await startTestServer();
  paths = new TwoPaths(server.database);
  await server.data(
    `mutation ($tags: [TagInput!]) {
      registerModel(input: { name: "m", tags: $tags }) { model { id } }
      createModelVersion(input: { model: { name: "m" }, source: "s3://bucket/1" }) { modelVersion { id } }
      setAlias(input: { version: { number: { model: "m", number: 1 } }, alias: "champion" }) { alias { name } }
      bare: registerModel(input: { name: "bare" }) { model { id } }
    }`,
    { tags: VALUES.map((value, index) => ({ key: `k${index}`, value })) },
    { scopes: ["admin"] },
  );
});
afterAll(() => server.stop());

/** The answer of the prepared operation, which must be that of the plain path, and the statement that read it. */
async function read(selection: string, viewer = ADMIN) {
  const document = parse(`{ models(first: 10) { nodes { name ${selection} } } }`);
  const { result, statements } = await recordStatements(() => paths.prepared(document, {}, viewer));
  const plain = await paths.plain(document, {}, viewer);
  if (result !== null) expect(result).toBe(JSON.stringify(plain));
  return { answer: result, plain, isText: statements.some(({ text }) => text.includes("string_agg")) };
}

test("the database writes rows that nothing computes, with the bytes of JSON.stringify", async () => {
  const { answer, isText } = await read("tags { key value } bare: __typename");
  expect(isText).toBe(true);
  expect(JSON.parse(answer ?? "").data.models.nodes[1].tags.map(({ value }: { value: string }) => value)).toEqual(
    VALUES,
  );
  expect(answer).toContain('"tags":[]');
});

test("numbers, enums, the name of the type, aliases, and rows one relation further are written so, too", async () => {
  const { answer, isText } = await read(
    `aliases { as: name __typename modelVersion { number stage source description } }
     stages { stage count current { number } }`,
  );
  expect(isText).toBe(true);
  expect(JSON.parse(answer ?? "").data.models.nodes[1]).toMatchInlineSnapshot(`
    {
      "aliases": [
        {
          "__typename": "Alias",
          "as": "champion",
          "modelVersion": {
            "description": null,
            "number": 1,
            "source": "s3://bucket/1",
            "stage": "NONE",
          },
        },
      ],
      "name": "m",
      "stages": [
        {
          "count": 1,
          "current": {
            "number": 1,
          },
          "stage": "NONE",
        },
        {
          "count": 0,
          "current": null,
          "stage": "STAGING",
        },
        {
          "count": 0,
          "current": null,
          "stage": "PRODUCTION",
        },
        {
          "count": 0,
          "current": null,
          "stage": "ARCHIVED",
        },
      ],
    }
  `);
});

test("what a resolver computes is not written by the database", async () => {
  for (const selection of ["aliases { setBy { subject } }", "tags { setBy { subject } }", "stages { since }"]) {
    const { answer, isText } = await read(selection);
    expect(answer).not.toBeNull();
    expect(isText).toBe(false);
  }
});

test("a relation that two fields read is read as rows, and both are answered", async () => {
  const { answer, isText } = await read("tags { key } others: tags { value }");
  expect(answer).not.toBeNull();
  expect(isText).toBe(false);
});

test("a field without its scope is refused, and not written by the database", async () => {
  const viewer = toViewer({ scopes: ["models:read"] });
  for (const selection of ["source", "run { name }"]) {
    const { answer, plain, isText } = await read(`aliases { modelVersion { number ${selection} } }`, viewer);
    expect({ answer, isText }).toEqual({ answer: null, isText: false });
    expect(plain.errors?.[0]?.message).toMatch(
      /requires the scope (artifacts|runs):read, which this token does not have/,
    );
  }
});

test("all that the database wrote counts to the size of the answer, and past it the plain path counts exactly", async () => {
  const document = parse("{ models(first: 10) { nodes { tags { value } } } }");
  const sizeOf = async (answerCharacters: number) => {
    const small = new TwoPaths(server.database, { answerCharacters });
    const { errors = [] } = await small.plain(document, {}, ADMIN);
    return { prepared: await small.prepared(document, {}, ADMIN), messages: errors.map(({ message }) => message) };
  };
  const exact = VALUES.join("").length;
  expect(await sizeOf(exact)).toEqual({ prepared: null, messages: [] });
  expect(await sizeOf(exact - 1)).toEqual({
    prepared: null,
    messages: [`The answer has more text than the ${exact - 1} characters that are allowed. Request less at once.`],
  });
  expect((await sizeOf(10 * exact)).prepared).not.toBeNull();
});
