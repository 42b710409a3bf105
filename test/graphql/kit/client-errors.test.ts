import { afterAll, beforeAll, expect, test } from "vitest";
import { ERROR_CODES } from "../../../src/domain/errors.js";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, post, type Socket } from "../../support/transports.js";

let server: TestServer;
let token: string;
let socket: Socket;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  socket = await openSocket(server.url, token);
});
afterAll(async () => {
  await socket?.close();
  await server?.stop();
});

let asked = 0;
/** Sends the same request over both transports, which must give the same answer. */
async function ask(query: string, variables: object = {}, id = `q${++asked}`): Promise<GraphQLAnswer> {
  const http = (await (await post(server.url, token, { query, variables })).json()) as GraphQLAnswer;
  const ws = await socket.answer(id, query, variables);
  const comparable = (answer: GraphQLAnswer) =>
    answer.errors?.map(({ message, extensions }) => ({
      message: message.replace(/[0-9a-f-]{36}/, "…"),
      ...extensions,
      requestId: typeof extensions.requestId,
    }));
  expect(comparable(ws)).toEqual(comparable(http));
  return http;
}

/** `CODE field: message` of one error that has everything that each error must have. */
async function refusal(query: string, variables?: object): Promise<string> {
  const { data, errors } = await ask(query, variables);
  expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
  for (const { extensions } of errors ?? []) {
    expect(Object.keys(ERROR_CODES)).toContain(extensions.code);
    expect(extensions).toMatchObject({
      retryable: ERROR_CODES[extensions.code as keyof typeof ERROR_CODES].retryable,
      requestId: expect.any(String),
    });
  }
  return (errors ?? [])
    .map(({ message, extensions }) => `${extensions.code} ${extensions.field ?? "-"}: ${message}`)
    .join("\n");
}

const VERSION = "query ($ref: ModelVersionRef!) { modelVersion(ref: $ref) { id } }";
const CREATE =
  "mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { id } } }";
const REFUSED: readonly [string, string, object?][] = [
  ["oneOf with none, literal", "{ modelVersion(ref: {}) { id } }"],
  ["oneOf with two, literal", '{ modelVersion(ref: { id: "x", number: { model: "m", number: 1 } }) { id } }'],
  ["oneOf with null, literal", "{ modelVersion(ref: { id: null }) { id } }"],
  ["oneOf with a nullable variable", "query ($id: ID) { modelVersion(ref: { id: $id }) { id } }", { id: "x" }],
  ["oneOf with a nullable variable, null", "query ($id: ID) { modelVersion(ref: { id: $id }) { id } }", { id: null }],
  ["oneOf with a nullable variable, absent", "query ($id: ID) { modelVersion(ref: { id: $id }) { id } }"],
  ["oneOf with none, variable", VERSION, { ref: {} }],
  ["oneOf with two, variable", VERSION, { ref: { id: "x", alias: { model: "m", alias: "a" } } }],
  ["oneOf with null, variable", VERSION, { ref: { id: null } }],
  ["oneOf deep inside, variable", CREATE, { input: { model: { id: "a", name: "b" }, source: "s3://b/x" } }],
  ["a wrong type, literal", '{ models(first: "ten") { totalCount } }'],
  ["a wrong type, variable", "query ($n: Int) { models(first: $n) { totalCount } }", { n: "ten" }],
  ["a wrong type deep inside, variable", CREATE, { input: { model: { name: "m" }, source: 7 } }],
  [
    "a wrong type in a list, variable",
    "query ($w: ModelFilter) { models(where: $w) { totalCount } }",
    { w: { AND: [{}, { name: { in: ["a", 7] } }] } },
  ],
  ["a wrong type in a list, literal", '{ models(where: { AND: [{ name: { equals: "a" } }, 7] }) { totalCount } }'],
  ["a number past Int", "query ($n: Int) { models(first: $n) { totalCount } }", { n: 2 ** 31 }],
  [
    "a time that is none",
    "query ($w: ModelFilter) { models(where: $w) { totalCount } }",
    { w: { createdAt: { gte: "yesterday" } } },
  ],
  ["a required argument, literal", "{ model { id } }"],
  ["a required variable", "query ($name: String!) { model(name: $name) { id } }", {}],
  ["a required variable, null", "query ($name: String!) { model(name: $name) { id } }", { name: null }],
  ["a required field, variable", CREATE, { input: { source: "s3://b/x" } }],
  ["a required field, literal", 'mutation { registerModel(input: { description: "x" }) { created } }'],
  ["an unknown field", "{ modles { totalCount } }"],
  ["an unknown field of a type", "{ models { nodes { nmae } } }"],
  ["an unknown argument", "{ models(frist: 1) { totalCount } }"],
  ["an unknown input field, literal", 'mutation { registerModel(input: { name: "m", descriptoin: "x" }) { created } }'],
  ["an unknown input field, variable", CREATE, { input: { model: { name: "m" }, sorce: "s3://b/x" } }],
  ["an unknown type", "query ($x: ModelFiltre) { models(where: $x) { totalCount } }"],
  ["an unknown directive", "{ models @inclued(if: true) { totalCount } }"],
  ["an unknown enum value, literal", "{ models(orderBy: { field: NMAE, direction: ASC }) { totalCount } }"],
  [
    "an unknown enum value, variable",
    "query ($o: ModelOrder) { models(orderBy: $o) { totalCount } }",
    { o: { field: "NMAE", direction: "ASC" } },
  ],
  [
    "an enum value of another case",
    "query ($o: ModelOrder) { models(orderBy: $o) { totalCount } }",
    { o: { field: "name", direction: "ASC" } },
  ],
  ["a syntax error", "{ models { "],
  ["an empty document", "# nothing"],
  ["no selection", "{ models }"],
  ["two operations without a name", "query A { head { cursor } } query B { head { cursor } }"],
];

test("every refused input has a code, a field, a message and a request id, the same over both transports", async () => {
  const refusals: string[] = [];
  for (const [what, query, variables] of REFUSED) refusals.push(`${what} → ${await refusal(query, variables)}`);
  expect(refusals.join("\n")).toMatchInlineSnapshot(`
    "oneOf with none, literal → INVALID_INPUT ref: OneOf Input Object "ModelVersionRef" must specify exactly one key.
    oneOf with two, literal → INVALID_INPUT ref: OneOf Input Object "ModelVersionRef" must specify exactly one key.
    oneOf with null, literal → INVALID_INPUT ref: Field "ModelVersionRef.id" must be non-null.
    oneOf with a nullable variable → INVALID_INPUT ref.id: ref.id is not the global id of an object of the type ModelVersion.
    oneOf with a nullable variable, null → INVALID_INPUT ref: Argument "ref" has invalid value {id: $id}.
    oneOf with a nullable variable, absent → INVALID_INPUT ref: Argument "ref" has invalid value {id: $id}.
    oneOf with none, variable → INVALID_INPUT ref: Variable "$ref" got invalid value {}; Exactly one key must be specified for OneOf type "ModelVersionRef".
    oneOf with two, variable → INVALID_INPUT ref: Variable "$ref" got invalid value { id: "x", alias: { model: "m", alias: "a" } }; Exactly one key must be specified for OneOf type "ModelVersionRef".
    oneOf with null, variable → INVALID_INPUT ref.id: Variable "$ref" got invalid value null at "ref.id"; Field "id" must be non-null.
    oneOf deep inside, variable → INVALID_INPUT input.model: Variable "$input" got invalid value { id: "a", name: "b" } at "input.model"; Exactly one key must be specified for OneOf type "ModelRef".
    a wrong type, literal → INVALID_INPUT first: Int cannot represent non-integer value: "ten"
    a wrong type, variable → INVALID_INPUT n: Variable "$n" got invalid value "ten"; Int cannot represent non-integer value: "ten"
    a wrong type deep inside, variable → INVALID_INPUT input.source: Variable "$input" got invalid value 7 at "input.source"; String cannot represent a non string value: 7
    a wrong type in a list, variable → INVALID_INPUT w.AND[1].name.in[1]: Variable "$w" got invalid value 7 at "w.AND[1].name.in[1]"; String cannot represent a non string value: 7
    a wrong type in a list, literal → INVALID_INPUT AND: Expected value of type "ModelFilter!", found 7.
    a number past Int → INVALID_INPUT n: Variable "$n" got invalid value 2147483648; Int cannot represent non 32-bit signed integer value: 2147483648
    a time that is none → INVALID_INPUT w.createdAt.gte: Variable "$w" got invalid value "yesterday" at "w.createdAt.gte"; DateTime must be RFC 3339 text with an offset, such as 2026-11-23T08:30:00.000Z: a day of the calendar, and a time from 00:00:00 to 23:59:59.
    a required argument, literal → INVALID_DOCUMENT -: Field "model" argument "name" of type "String!" is required, but it was not provided.
    a required variable → INVALID_INPUT name: Variable "$name" of required type "String!" was not provided.
    a required variable, null → INVALID_INPUT name: Variable "$name" of non-null type "String!" must not be null.
    a required field, variable → INVALID_INPUT input.model: Variable "$input" got invalid value { source: "s3://b/x" }; Field "model" of required type "ModelRef!" was not provided.
    a required field, literal → INVALID_INPUT input: Field "RegisterModelInput.name" of required type "String!" was not provided.
    an unknown field → INVALID_DOCUMENT -: Cannot query field "modles" on type "Query".
    an unknown field of a type → INVALID_DOCUMENT -: Cannot query field "nmae" on type "Model".
    an unknown argument → INVALID_DOCUMENT -: Unknown argument "frist" on field "Query.models".
    an unknown input field, literal → INVALID_DOCUMENT -: Field "descriptoin" is not defined by type "RegisterModelInput".
    an unknown input field, variable → INVALID_INPUT input.sorce: Variable "$input" got invalid value { model: { name: "m" }, sorce: "s3://b/x" }; Field "sorce" is not defined by type "CreateModelVersionInput".
    an unknown type → INVALID_DOCUMENT -: Unknown type "ModelFiltre".
    an unknown directive → INVALID_DOCUMENT -: Unknown directive "@inclued".
    an unknown enum value, literal → INVALID_INPUT field: Value "NMAE" does not exist in "ModelOrderField" enum.
    an unknown enum value, variable → INVALID_INPUT o.field: Variable "$o" got invalid value "NMAE" at "o.field"; Value "NMAE" does not exist in "ModelOrderField" enum.
    an enum value of another case → INVALID_INPUT o.field: Variable "$o" got invalid value "name" at "o.field"; Value "name" does not exist in "ModelOrderField" enum.
    a syntax error → INVALID_DOCUMENT -: Syntax Error: Expected Name, found <EOF>.
    an empty document → INVALID_DOCUMENT -: Syntax Error: Unexpected <EOF>.
    no selection → INVALID_DOCUMENT -: Field "models" of type "ModelConnection!" must have a selection of subfields.
    two operations without a name → INVALID_DOCUMENT -: The document has 2 operations; operationName must say which one to execute."
  `);
  expect(refusals.join("\n")).not.toContain("Did you mean");
});

test("a long value is shortened in the message, and parsing the message stays fast", async () => {
  const query = "query ($n: Int) { models(first: $n) { totalCount } }";
  for (const n of ["x".repeat(1_000_000), " Did you mean ".repeat(100_000)]) {
    const answer = await server.request(query, { n });
    expect(answer.errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", field: "n" } }]);
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  }
});

test("the errors of one document are reported together, up to a limit", async () => {
  const fields = Array.from({ length: 1000 }, (_, i) => `x${i}`).join(" ");
  const { errors } = await ask(`{ ${fields} }`);
  expect(errors?.length).toBeGreaterThan(1);
  expect(errors?.length).toBeLessThanOrEqual(101);
});
