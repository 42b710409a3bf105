import { afterAll, beforeAll, expect, test } from "vitest";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, type Socket } from "../../support/transports.js";

let server: TestServer;
let socket: Socket;
beforeAll(async () => {
  server = await startTestServer();
  socket = await openSocket(server.url, await server.token());
});
afterAll(async () => {
  await socket?.close();
  await server?.stop();
});

const CREATE_RUN = "mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } } }";
const CREATE_VERSION =
  'mutation ($tags: [TagInput!]) { createModelVersion(input: { model: { name: "m" }, tags: $tags }) { modelVersion { id } } }';
const SET_TAG =
  'mutation ($value: String!) { setTag(input: { target: { model: { name: "m" } }, key: "owner", value: $value }) { tag { key } } }';
const experiment = { name: "e" };

const summary = ({ errors }: GraphQLAnswer) => [
  errors?.[0]?.extensions.code,
  errors?.[0]?.extensions.field,
  errors?.[0]?.message,
];

test.each([
  [
    "a param",
    CREATE_RUN,
    {
      input: {
        experiment,
        params: [
          { key: "depth", value: "3" },
          { key: "learning_rate", value: 0.01 },
        ],
      },
    },
    "input.params[1].value",
    'of "learning_rate": String cannot represent a non string value: 0.01',
  ],
  [
    "a tag",
    CREATE_VERSION,
    { tags: [{ key: "epochs", value: 3 }] },
    "tags[0].value",
    'of "epochs": String cannot represent',
  ],
  [
    "a key that is no text",
    CREATE_VERSION,
    { tags: [{ key: 1, value: 3 }] },
    "tags[0].key",
    /"; String cannot represent/,
  ],
])(
  "%s of a variable is named by its key, over HTTP and WebSocket",
  async (_case, query, variables, field, sentence) => {
    const expected = [
      "INVALID_INPUT",
      field,
      typeof sentence === "string" ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
    ];
    expect(summary(await server.request(query, variables))).toEqual(expected);
    expect(summary(await socket.answer(field, query, variables))).toEqual(expected);
  },
);

test.each([
  ['{ key: "learning_rate", value: 0.01 }', 'of "learning_rate": String cannot represent a non string value: 0.01'],
  ['{ value: 0.01, key: "learning_rate" }', 'of "learning_rate": String cannot represent a non string value: 0.01'],
  ["{ value: 0.01 }", /^(Field|String)/],
])("the literal %s is named by its key", async (pair, sentence) => {
  const query = `mutation { createRun(input: { experiment: { name: "e" }, params: [{ key: "a", value: "1" }, ${pair}] }) { run { id } } }`;
  const { errors } = await server.request(query);
  expect(errors?.map(({ message }) => message).join()).toMatch(sentence);
});

test("an error about another field called value stays as it is", async () => {
  const [, , message] = summary(await server.request(SET_TAG, { value: 5 }));
  expect(message).not.toContain('of "owner"');
});
