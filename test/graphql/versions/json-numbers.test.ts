import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, post, type Socket } from "../../support/transports.js";

let server: TestServer;
let token: string;
let socket: Socket;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  socket = await openSocket(server.url, token);
  await server.data('mutation { registerModel(input: { name: "numbers" }) { created } }');
});
afterAll(async () => {
  await socket?.close();
  await server?.stop();
});

const CREATE = `mutation ($f: JSON) { createModelVersion(input: { model: { name: "numbers" }, source: "s3://b/k",
  signature: $f }) { modelVersion { signature } } }`;
/** The document with the JSON as text: JSON.stringify would round its numbers, as other clients do not. */
const body = (query: string, variables: string) => `{"query":${JSON.stringify(query)},"variables":${variables}}`;

const overHttp = async (query: string, variables = "{}"): Promise<GraphQLAnswer> =>
  (await post(server.url, token, body(query, variables))).json();
let operations = 0;
async function overSocket(query: string, variables = "{}"): Promise<GraphQLAnswer> {
  const id = `n${operations++}`;
  socket.send(`{"id":"${id}","type":"subscribe","payload":${body(query, variables)}}`);
  const { type, payload } = await socket.nextFor(id);
  return type === "error" ? { errors: payload } : payload;
}

const refused = (field: string, number: string) => ({
  errors: [
    {
      message: `${field} is the number ${number}, which would come back changed: numbers are IEEE 754 doubles. Send it as text.`,
      extensions: { code: "INVALID_INPUT", field },
    },
  ],
});

describe.each([
  ["HTTP", overHttp],
  ["a WebSocket", overSocket],
])("a number that would come back changed is refused over %s", (_transport, ask) => {
  test.each(["1546130668394913822", "1e400", "-1E999", "1e-400"])("as a variable: %s", async (number) => {
    expect(await ask(CREATE, `{"f":{"inputs":[{},{"id":${number}}]}}`)).toMatchObject(
      refused("input.signature.inputs[1].id", number),
    );
  });

  test("as a part of a variable that is the whole input", async () => {
    const query =
      "mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { id } } }";
    const input = `{"model":{"name":"numbers"},"source":"s3://b/k","flavors":{"python":[1546130668394913822]}}`;
    expect(await ask(query, `{"input":${input}}`)).toMatchObject(
      refused("input.flavors.python[0]", "1546130668394913822"),
    );
  });

  test("as a literal, and around a variable", async () => {
    const literal = CREATE.replace("($f: JSON)", "").replace("$f", "{ a: [1e400] }");
    expect(await ask(literal)).toMatchObject(refused("input.signature.a[0]", "1e400"));
    const around = CREATE.replace("signature: $f", "signature: { a: $f, b: 1546130668394913822 }");
    expect(await ask(around, '{"f":1}')).toMatchObject(refused("input.signature.b", "1546130668394913822"));
    const within = CREATE.replace("signature: $f", "signature: { a: $f }");
    expect(await ask(within, '{"f":[1546130668394913822]}')).toMatchObject(
      refused("input.signature.a[0]", "1546130668394913822"),
    );
  });

  test.each([
    ["Float", "9007199254740993", "9007199254740992"],
    ["JSON", "9007199254740993", "9007199254740992"],
    ["JSON", "1e400", "Infinity"],
    ["[Float]", "[9007199254740993]", "9007199254740992"],
    ["[JSON]", "[1e400]", "Infinity"],
  ])("through a variable of the type %s within a literal: %s", async (type, value, shown) => {
    const query = CREATE.replace("$f: JSON", `$f: ${type}`).replace("signature: $f", "signature: { a: $f }");
    const [answer] = [await ask(query, `{"f":${value}}`)];
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT" });
    expect(answer.errors?.[0]?.message).toMatch(new RegExp(`the number (${shown}|${value.replace(/[[\]]/g, "")}),`));
  });

  test("an absent variable within a literal leaves its field out, and is null in a list", async () => {
    const query = CREATE.replace("signature: $f", "signature: { a: $f, b: [$f], c: 1 }");
    const { data } = await ask(query);
    expect(data.createModelVersion.modelVersion.signature).toEqual({ b: [null], c: 1 });
    const { audit } = await server.data("{ audit(last: 1) { nodes { after } } }");
    expect(audit.nodes[0].after.signature).toEqual({ b: [null], c: 1 });
  });

  test("a time through a variable within a literal is its text, in the row and in the log", async () => {
    const query = CREATE.replace("$f: JSON", "$f: DateTime").replace("signature: $f", "signature: { a: $f }");
    const { data } = await ask(query, '{"f":"2026-11-30T00:00:00Z"}');
    expect(data.createModelVersion.modelVersion.signature).toEqual({ a: "2026-11-30T00:00:00.000Z" });
    const { audit } = await server.data("{ audit(last: 1) { nodes { after } } }");
    expect(audit.nodes[0].after.signature).toEqual({ a: "2026-11-30T00:00:00.000Z" });
  });

  test("as a default", async () => {
    const query = CREATE.replace("$f: JSON", "$f: JSON = { a: { b: 1546130668394913822 } }");
    expect(await ask(query)).toMatchObject(refused("input.signature.a.b", "1546130668394913822"));
  });

  test("of a dataset", async () => {
    const query = `mutation ($f: JSON) { registerDataset(input: { name: "d", digest: "1", schema: $f }) { dataset { id } } }`;
    expect(await ask(query, '{"f":[1546130668394913822]}')).toMatchObject(
      refused("input.schema[0]", "1546130668394913822"),
    );
    const profile = query.replace("schema", "profile");
    expect(await ask(profile, '{"f":[1e400]}')).toMatchObject(refused("input.profile[0]", "1e400"));
  });

  test("and what is accepted comes back as it was written, also in the audit trail", async () => {
    const kept = '[9007199254740992,-1,0.5,1152921504606847000,"1546130668394913822",3.141592653589793]';
    expect(JSON.stringify((await ask(CREATE, `{"f":${kept}}`)).data.createModelVersion.modelVersion.signature)).toBe(
      kept,
    );
    const { audit } = await server.data("{ audit(last: 1) { nodes { after } } }");
    expect(JSON.stringify(audit.nodes[0].after.signature)).toBe(kept);
  });
});
