import { type AddressInfo, connect, createServer } from "node:net";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { App } from "../../src/app.js";
import { countStatements, recordStatements } from "../support/database/statements.js";
import { holdField } from "../support/hold-field.js";
import { type GraphQLAnswer, mintTestToken, startTestServer, type TestServer } from "../support/server.js";
import { stopClock } from "../support/stop-clock.js";
import { post, raw } from "../support/transports.js";
import { startServerOn } from "../support/wiring.js";

let server: TestServer;
let strict: App;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  strict = await startServerOn(server.database, {
    SHELFMARK_LIMIT_VIEWER_OPERATIONS: "20",
  });
  token = await server.token();
  await server.data(
    `mutation { createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://secret/1", tags: [{key: "k", value: "v"}]}) { modelVersion { id } } }`,
  );
  await server.data(`mutation { ${many(25, (i) => `p${i}: registerModel(input: {name: "page-${i}"}) { created }`)} }`);
});
afterAll(async () => {
  await strict.stop();
  await server.stop();
});

async function code(query: string, variables: object = {}, as = token): Promise<string> {
  const { errors } = (await (await post(server.url, as, { query, variables })).json()) as GraphQLAnswer;
  return errors?.[0]?.extensions.code ?? "ok";
}
const many = (count: number, each: (i: number) => string) => Array.from({ length: count }, (_, i) => each(i)).join(" ");

/** What a connection hears for a text, until it is closed. */
function speak(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (data) => {
      heard += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(heard));
  });
}

/** The OWASP GraphQL cheat sheet, with each recommendation in its own words. */
const LINES: Record<string, () => Promise<void>> = {
  "Input Validation: allowlists, by type, scalar and enum": async () => {
    expect(await code(`{ model(name: 7) { id } }`)).toBe("INVALID_INPUT");
    expect(await code(`{ models(orderBy: {field: SECRET, direction: ASC}) { totalCount } }`)).toBe("INVALID_INPUT");
    expect(await code(`mutation { registerModel(input: {name: "a\\u0000b"}) { created } }`)).toBe("INVALID_INPUT");
    expect(await code(`{ models(first: 201) { totalCount } }`)).toBe("INVALID_INPUT");
  },
  "Injection Prevention: SQL and wildcards are ordinary text": async () => {
    for (const name of [`' OR '1'='1`, `m"; DROP TABLE "Model"; --`, "%", "_", "\\", "m%", "$1"]) {
      const { models } = await server.data(
        `query ($name: String) { models(where: {name: {contains: $name}}) { totalCount } }`,
        { name },
      );
      expect(models.totalCount, name).toBe(0);
    }
    expect((await server.data("{ models { totalCount } }")).models.totalCount).toBe(26);
  },
  "Injection Prevention: OS commands: a name is never an option, and shell text is a text": async () => {
    expect(await code(`mutation { registerModel(input: {name: "--exec=reboot"}) { created } }`)).toBe("INVALID_INPUT");
    const name = "$(reboot) `reboot`; reboot";
    await server.data(`mutation ($name: String!) { registerModel(input: {name: $name}) { created } }`, { name });
    expect((await server.data(`query ($name: String!) { model(name: $name) { name } }`, { name })).model).toEqual({
      name,
    });
    await server.data(`mutation ($name: String!) { deleteModel(input: {model: {name: $name}}) { deletedId } }`, {
      name,
    });
  },
  "Injection Prevention: CRLF, request smuggling: of a request with two ends nothing is answered but the refusal":
    async () => {
      const hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
      const head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
      for (const ends of [
        "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n",
        "content-length: 4\r\ncontent-length: 0\r\n\r\n",
        "content-length: 0\ntransfer-encoding: chunked\r\n\r\n",
      ]) {
        const heard = await speak(head + ends + hidden);
        expect(heard, ends).toMatch(/^HTTP\/1\.1 400 /);
        expect(heard.match(/HTTP\/1\.1 /g), ends).toHaveLength(1);
      }
    },
  "Process Validation: a host that a client names is never called": async () => {
    let called = 0;
    const lure = createServer((socket) => {
      called++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => lure.listen(0, "127.0.0.1", resolve));
    const { port } = lure.address() as AddressInfo;
    for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1"]) {
      for (const scheme of ["https", "http"]) {
        const input = `{url: "${scheme}://${host}:${port}/hook"}`;
        await code(`mutation { createWebhook(input: ${input}) { webhook { id } } }`);
      }
    }
    const source = `https://127.0.0.1:${port}/model`;
    expect(
      await code(
        `mutation { createModelVersion(input: {model: {name: "page-0"}, source: "${source}"}) { modelVersion { id } } }`,
      ),
    ).toBe("ok");
    const headers = { "x-forwarded-host": `127.0.0.1:${port}`, forwarded: `host=127.0.0.1:${port}` };
    await (await post(server.url, token, { query: "{ __typename }" }, headers)).text();
    // an allowed call, made after all that are refused
    const calling = await startServerOn(server.database, { SHELFMARK_WEBHOOK_ALLOW: "127.0.0.2" });
    const allowed = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => allowed.listen(0, "127.0.0.2", resolve));
    const isCalled = new Promise((resolve) => allowed.once("connection", resolve));
    const url = `https://127.0.0.2:${(allowed.address() as AddressInfo).port}/`;
    const create = { query: `mutation { createWebhook(input: {url: "${url}"}) { webhook { id } } }` };
    const { data } = (await (await post(calling.url, token, create)).json()) as GraphQLAnswer;
    const { id } = data.createWebhook.webhook;
    await post(calling.url, token, { query: `mutation { testWebhook(input: {id: "${id}"}) { delivered } }` });
    await isCalled;
    expect(called).toBe(0);
    await calling.stop();
    for (const each of [lure, allowed]) await new Promise((resolve) => each.close(resolve));
  },
  "Input Validation: an unexpected value never causes an internal error": async () => {
    for (const value of [null, 1e308, [], {}, [[1]], "\ud83d", "__proto__"]) {
      expect(await code(`query ($v: String) { model(name: $v) { id } }`, { v: value })).not.toBe("INTERNAL");
    }
  },
  "DoS Prevention: depth limiting": async () => {
    const deep = `${"model { latestVersion { ".repeat(12)} id ${"} } ".repeat(12)}`;
    expect(await code(`{ models { nodes { latestVersion { ${deep} } } } }`)).toBe("TOO_COMPLEX");
  },
  "DoS Prevention: amount limiting": async () => {
    expect(await code(`{ models(first: 1000000) { nodes { id } } }`)).toBe("INVALID_INPUT");
  },
  "DoS Prevention: pagination": async () => {
    const page = (after: string | null) =>
      server.data(
        `query ($after: String) { models(after: $after, where: {name: {startsWith: "page-"}}) {
        totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
    const { models: first } = await page(null);
    expect([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage]).toEqual([25, 20, true]);
    const { models: second } = await page(first.pageInfo.endCursor);
    expect([second.nodes.length, second.pageInfo.hasNextPage]).toEqual([5, false]);
  },
  "DoS Prevention: query cost analysis": async () => {
    const wide = "{ models(first: 200) { nodes { versions(first: 200) { nodes { id } } } } }";
    expect(await code(wide)).toBe("TOO_COMPLEX");
  },
  "DoS Prevention: timeouts": async () => {
    const hasty = await startServerOn(server.database, { SHELFMARK_LIMIT_REQUEST_MS: "300" });
    const client = await server.database.pool.connect();
    try {
      await client.query(`BEGIN`);
      await client.query(`LOCK TABLE "Model" IN ACCESS EXCLUSIVE MODE`);
      const { errors } = (await (
        await post(hasty.url, token, { query: "{ models { totalCount } }" })
      ).json()) as GraphQLAnswer;
      expect(errors?.[0]?.extensions).toMatchObject({ code: "TIMEOUT", retryable: true });
    } finally {
      await client.query("ROLLBACK");
      client.release();
      await hasty.stop();
    }
  },
  "DoS Prevention: rate limiting": async () => {
    stopClock();
    const as = await mintTestToken({ subject: "flood" });
    const statuses = await Promise.all(
      Array.from({ length: 25 }, async () => (await post(strict.url, as, { query: "{ __typename }" })).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  },
  "DoS Prevention: server-side batching and caching": async () => {
    const statementsOf = (first: number) =>
      countStatements(() =>
        server.data(
          `{ models(first: ${first}) { nodes { a: tag(key: "a") b: tag(key: "b") latestVersion { number } } } }`,
        ),
      );
    expect(await statementsOf(20)).toBe(await statementsOf(1));
  },
  "DoS Prevention: system resource management: an overload is refused at once": async () => {
    const full = await startServerOn(server.database, { SHELFMARK_LIMIT_EXECUTING: "1", SHELFMARK_LIMIT_WAITING: "0" });
    const models = holdField("Query", "models");
    onTestFinished(models.restore);
    const query = "{ models { totalCount } }";
    const executed = post(full.url, token, { query });
    await expect.poll(models.asked).toBe(1);
    const asked = Array.from({ length: 20 }, async () => (await post(full.url, token, { query })).status);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([503]));
    models.release();
    expect((await executed).status).toBe(200);
    await full.stop();
  },
  "Floods of aliases, directives, fields and fragments": async () => {
    expect(await code(`{ ${many(100, (i) => `a${i}: __typename`)} }`)).toBe("TOO_COMPLEX");
    expect(await code(`{ __typename ${many(60, () => "... @include(if: true) { __typename }")} }`)).toBe("TOO_COMPLEX");
    expect(await code(`{ ${many(5_000, () => "__typename")} }`)).toBe("TOO_COMPLEX");
    const bomb = many(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    expect(await code(`{ ...F0 } ${bomb} fragment F30 on Query { __typename }`)).not.toBe("INTERNAL");
  },
  "Circular fragments": async () => {
    expect(await code("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")).toBe("INVALID_DOCUMENT");
  },
  "Access Control: validate authorization on every field": async () => {
    const as = await mintTestToken({ subject: "reader", scopes: ["models:read"] });
    const { data, errors } = (await (
      await post(server.url, as, { query: `{ model(name: "m") { latestVersion { number source } } }` })
    ).json()) as GraphQLAnswer;
    expect([data.model.latestVersion, errors?.[0]?.extensions.requiredScopes]).toEqual([
      { number: 1, source: null },
      ["artifacts:read"],
    ]);
  },
  "Access Control: on both edges and nodes": async () => {
    const list = "{ models { totalCount edges { cursor node { name } } nodes { name } } }";
    const outsider = await mintTestToken({ subject: "outsider", models: ["other"] });
    expect(((await (await post(server.url, outsider, { query: list })).json()) as GraphQLAnswer).data).toEqual({
      models: { totalCount: 0, edges: [], nodes: [] },
    });
    const reader = await mintTestToken({ subject: "reader", scopes: ["models:read"] });
    const sources = `{ modelVersions { edges { node { source } } nodes { source } } }`;
    const text = await (await post(server.url, reader, { query: sources })).text();
    expect(text).toContain('"source":null');
    expect(text).not.toContain("secret");
  },
  "Access Control: query access, also for objects by their ids (IDOR)": async () => {
    const { id } = (await server.data(`{ model(name: "m") { id } }`)).model;
    const outsider = await mintTestToken({ subject: "outsider", models: ["other"] });
    const request = async (node: string) =>
      (await (
        await post(server.url, outsider, {
          query: `query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }`,
          variables: { id: node },
        })
      ).json()) as GraphQLAnswer;
    const absent = Buffer.from("Model:00000000-0000-4000-8000-000000000000").toString("base64url");
    expect((await request(id)).data).toEqual({ node: null, nodes: [null] });
    expect(await request(id)).toEqual(await request(absent));
  },
  "Access Control: mutation access": async () => {
    const as = await mintTestToken({ subject: "reader", scopes: ["models:read"] });
    expect(await code(`mutation { deleteModel(input: {model: {name: "m"}}) { deletedId } }`, {}, as)).toBe("FORBIDDEN");
    expect((await server.data(`{ model(name: "m") { name } }`)).model).toEqual({ name: "m" });
  },
  "Batching Attacks: an array of operations is refused": async () => {
    const response = await post(server.url, token, [{ query: "{ __typename }" }, { query: "{ __typename }" }]);
    expect(response.status).toBe(400);
  },
  "Batching Attacks: many objects in one document are charged as so many": async () => {
    stopClock();
    const dear = await startServerOn(server.database, { SHELFMARK_LIMIT_VIEWER_POINTS: "300" });
    const taken = async (subject: string, query: string) => {
      const as = await mintTestToken({ subject });
      for (let count = 0; ; count++) if ((await post(dear.url, as, { query })).status === 429) return count;
    };
    const single = await taken("one by one", `{ model(name: "m0") { id } }`);
    const batch = await taken("at once", `{ ${many(50, (i) => `m${i}: model(name: "m${i}") { id }`)} }`);
    expect(batch).toBeLessThanOrEqual(Math.ceil(single / 50));
    await dear.stop();
  },
  "Secure Configurations: no excessive errors: no internals, no suggestions": async () => {
    const text = JSON.stringify(
      await (await post(server.url, token, { query: "{ modelz { id } viewer { actr { subject } } }" })).json(),
    );
    expect(text).not.toMatch(/Did you mean|stack|node_modules|prisma/i);
  },
  "Secure Configurations: introspection for tokens only, at a bounded cost; GraphiQL in local mode only": async () => {
    expect((await post(server.url, null, { query: getIntrospectionQuery() })).status).toBe(401);
    const { statements } = await recordStatements(() => server.data(getIntrospectionQuery()));
    expect(statements).toHaveLength(0);
    const nested = `{ __schema { types { ${"fields { type { ".repeat(8)} name ${"} } ".repeat(8)} } } }`;
    expect(await code(nested), "a rule of graphql-js comes first").toBe("INVALID_DOCUMENT");
    const parts =
      "fields { name args { name type { name kind } } type { name kind fields { name type { name kind } } } }";
    const ofLargest = (selection: string) => many(90, (i) => `a${i}: __type(name: "Mutation") { ${selection} }`);
    expect(await code(`{ ${ofLargest(parts)} }`)).toBe("TOO_COMPLEX");
    expect(await code(`{ ${ofLargest("...F")} } fragment F on __Type { ${parts} }`)).toBe("TOO_COMPLEX");
    const page = await raw(server.url, { method: "GET", headers: { accept: "text/html" } });
    expect([page.status, page.body.includes("graphiql")]).toEqual([401, false]);
  },
  "Secure Configurations: queries by GET change nothing": async () => {
    const path = `/graphql?query=${encodeURIComponent('mutation { registerModel(input: {name: "by-get"}) { created } }')}`;
    const answer = await raw(server.url, { method: "GET", path, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(405);
    expect((await server.data(`{ model(name: "by-get") { id } }`)).model).toBeNull();
  },
  "Cross-site request forgery: a page's simple request has no token and no accepted content type": async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const headers = { "content-type": type, origin: "https://evil.example", cookie: "session=1" };
      expect((await raw(server.url, { headers: { ...headers, "content-length": "2" }, body: "{}" })).status).toBe(415);
    }
    const json = await raw(server.url, {
      headers: { "content-type": "application/json", "content-length": "2", origin: "https://evil.example" },
      body: "{}",
    });
    expect([json.status, json.headers["access-control-allow-origin"]]).toEqual([401, undefined]);
  },
  "Prototype pollution by JSON": async () => {
    const body = `{"query":"query ($d: String) { model(name: $d) { id } }","variables":{"__proto__":{"polluted":true},"d":"x","constructor":{"prototype":{"polluted":true}}},"extensions":{"__proto__":{"polluted":true}}}`;
    await (await post(server.url, token, body)).text();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
  "Header and log injection by the request's id": async () => {
    for (const id of ["a b", "x\u00e9", "a".repeat(200), '"}{"level":60']) {
      const answer = await raw(server.url, {
        method: "GET",
        path: "/nowhere",
        headers: { "x-request-id": encodeURI(id).slice(0, 400).replaceAll("%20", " ") },
      });
      expect(answer.headers["x-request-id"]).toMatch(/^[\w.:-]{1,128}$/);
    }
  },
};

describe("OWASP GraphQL cheat sheet", () => {
  test.each(Object.entries(LINES))("%s", async (_line, attack) => attack());
});
