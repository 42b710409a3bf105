import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { buildSchema, graphql } from "graphql";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openLocalKeys } from "../../../src/auth/local-keys.js";
import { createTokenVerifier } from "../../../src/auth/token-verifier.js";
import { type CommandOutcome, NOW, runCommand } from "../../support/command-fixture.js";

const schema = buildSchema(`
  scalar JSON
  type Query { echo(text: String, id: ID, texts: [String!], number: Int, json: JSON): JSON  half: String  none: String! }
  type Subscription { tick: Int }
`);
const rootValue = {
  echo: (given: unknown) => given,
  half: () => {
    throw Object.assign(new Error("This needs artifacts:read.\nAsk for it."), { extensions: { code: "FORBIDDEN" } });
  },
  none: () => null,
};

let server: Server;
let folder: string;
let url: string;
let answer: { status: number; body: string } | null;
let authorization: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmark-query-"));
  server = createServer(async (request, response) => {
    authorization = request.headers.authorization;
    const sent = (await json(request)) as { query: string; variables: Record<string, unknown>; operationName?: string };
    const { query: source, variables: variableValues, operationName = null } = sent;
    const result = await graphql({ schema, rootValue, source, variableValues, operationName });
    response.writeHead(answer?.status ?? 200).end(answer?.body ?? JSON.stringify(result));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
beforeEach(() => {
  answer = null;
  authorization = undefined;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function closedUrl(): Promise<string> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  return `http://127.0.0.1:${port}/graphql`;
}

function runQuery(...argv: string[]): Promise<CommandOutcome> {
  return runCommand(["query", ...argv], {
    SHELFMARK_URL: url,
    SHELFMARK_DATA: join(folder, "none"),
    SHELFMARK_TOKEN: "t-1",
  });
}

test("prints the data, with the token of the environment or of the option", async () => {
  expect(await runQuery("-e", "{ echo(number: 1) }")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "{
      "echo": {
        "number": 1
      }
    }
    ",
    }
  `);
  expect(authorization).toBe("Bearer t-1");
  await runQuery("-e", "{ __typename }", "--token", "t-2");
  expect(authorization).toBe("Bearer t-2");
});

test("variables are parsed by the type that the document declares", async () => {
  const file = join(folder, "card.md");
  await writeFile(file, "# Card\n");
  const document =
    "query ($text: String, $id: ID!, $texts: [String!], $number: Int, $json: JSON) { echo(text: $text, id: $id, texts: $texts, number: $number, json: $json) }";
  const run = async (...pairs: string[]) => {
    const { code, out, err } = await runQuery("-e", document, ...pairs.flatMap((pair) => ["-v", pair]));
    return code === 0 ? JSON.parse(out).echo : err;
  };
  expect(await run("id=1", "text=true", "number=3", 'json={"a":[1]}')).toEqual({
    id: "1",
    text: "true",
    number: 3,
    json: { a: [1] },
  });
  expect(await run("id=null", "text=a=b", 'texts=["1","2"]', "json=null")).toEqual({
    id: "null",
    text: "a=b",
    texts: ["1", "2"],
    json: null,
  });
  expect(await run("id=", "texts=1", "json=2026-11-20")).toEqual({ id: "", texts: ["1"], json: "2026-11-20" });
  expect(await run("id=@@me", `text=@${file}`)).toEqual({ id: "@me", text: "# Card" });
  expect(await run("id=1", "number=three")).toMatch(/^ERROR: Variable "\$number" got invalid value "three"/);
});

test("errors are lines with code and path on standard error, beside partial data", async () => {
  expect(await runQuery("-e", "{ half echo(id: 1) }")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "FORBIDDEN half: This needs artifacts:read. Ask for it.
    ",
      "out": "{
      "half": null,
      "echo": {
        "id": "1"
      }
    }
    ",
    }
  `);
  expect(await runQuery("-e", "{ none }")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "ERROR none: Cannot return null for non-nullable field Query.none.
    ",
      "out": "",
    }
  `);
  expect(await runQuery("-e", "{ nothing }")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "ERROR: Cannot query field "nothing" on type "Query".
    ",
      "out": "",
    }
  `);
});

test("the document comes from a file or from standard input, and may have several operations", async () => {
  const file = join(folder, "two.graphql");
  await writeFile(file, "query A { echo(id: 1) } query B { echo(id: 2) }");
  expect(JSON.parse((await runQuery("-f", file, "-o", "B")).out)).toEqual({ echo: { id: "2" } });
  expect(JSON.parse((await runQuery(file, "-o", "B")).out)).toEqual({ echo: { id: "2" } });
  const piped = await runCommand(["query", "-f", "-"], { SHELFMARK_URL: url }, "{ echo(id: 3) }");
  expect(JSON.parse(piped.out)).toEqual({ echo: { id: "3" } });
  expect(await runQuery("-f", file)).toMatchObject({
    code: 2,
    err: "shelfmark: The document has several operations (A, B); choose one with --operation.\n",
  });
});

test.each([
  ['json={"a":[1,{"id":1546130668394913822}]}', "json.a[1].id is the number 1546130668394913822"],
  ["json=1e400", "json is the number 1e400"],
  ["number=1e400", "number is the number 1e400"],
])("a number that would be sent changed is refused (%s)", async (pair, sentence) => {
  const document = "query ($json: JSON, $number: Int) { echo(json: $json, number: $number) }";
  const { code, err } = await runQuery("-e", document, "-v", pair);
  expect([code, err]).toEqual([
    2,
    expect.stringContaining(`${sentence}, which would be sent changed. Send it as text.`),
  ]);
  expect(authorization).toBeUndefined();
});

test("a mistake is refused before anything is sent", async () => {
  const lines = [
    [],
    ["-e", "{ a }", "-f", "a.graphql"],
    ["a.graphql", "-f", "a.graphql"],
    ["-f", "/nowhere.graphql"],
    ["-e", "{ echo( }"],
    ["-e", "subscription { tick }"],
    ["-e", "fragment F on Query { half }"],
    ["-e", "query A { half }", "-o", "B"],
    ["-e", "{ half }", "-v", "name=1"],
    ["-e", "query ($name: String) { echo(text: $name) }", "-v", "nam=1"],
    ["-e", "query ($name: String) { echo(text: $name) }", "-v", "name"],
    ["-e", "query ($name: String) { echo(text: $name) }", "-v", "name=@/nowhere.txt"],
    ["-e", "{ half }", "--url", "localhost:4000"],
    ["-e", "{ half }", "--url", "http://me:s3cret@localhost:4000"],
  ];
  const outcomes = await Promise.all(lines.map((line) => runQuery(...line)));
  expect(outcomes.every(({ code, out }) => code === 2 && out === "")).toBe(true);
  expect(authorization).toBeUndefined();
  expect(outcomes.map(({ err }) => err).join("")).toMatchInlineSnapshot(`
    "shelfmark: Give the document either with -f file.graphql or with -e 'text'.
    shelfmark: Give the document either with -f file.graphql or with -e 'text'.
    shelfmark: Give one file only.
    shelfmark: The file /nowhere.graphql cannot be read (ENOENT).
    shelfmark: The document is not valid, line 1, column 9: Syntax Error: Expected Name, found "}".
    shelfmark: A subscription has no end, so this command cannot run it; use a client for graphql-ws or server-sent events.
    shelfmark: The document has no operation; it has none.
    shelfmark: The document has no operation named B; it has A.
    shelfmark: The operation does not declare the variable $name; it declares none.
    shelfmark: The operation does not declare the variable $nam; it declares $name.
    shelfmark: The variable "name" must have the form key=value.
    shelfmark: The file of the variable name, /nowhere.txt cannot be read (ENOENT).
    shelfmark: --url is not a URL (not shown, it may hold a password); it must be an http:// or https:// URL without user name or password.
    shelfmark: --url is http://***@localhost:4000/; it must be an http:// or https:// URL without user name or password.
    "
  `);
});

test("no server, or a server that is not Shelfmark, is reported in one sentence", async () => {
  const outcomes: string[] = [];
  const record = ({ code, out, err }: CommandOutcome) =>
    outcomes.push(`${code} ${out}${err.replaceAll(/:\d+/g, ":PORT").trim()}`);
  answer = { status: 502, body: "<html>Bad Gateway</html>" };
  record(await runQuery("-e", "{ half }"));
  answer = { status: 200, body: "[]" };
  record(await runQuery("-e", "{ half }"));
  answer = { status: 302, body: "" };
  record(await runQuery("-e", "{ half }"));
  record(await runQuery("-e", "{ half }", "--url", await closedUrl()));
  record(await runQuery("-e", "{ half }", "--url", "http://registry.invalid/graphql"));
  expect(outcomes.join("\n")).toMatchInlineSnapshot(`
    "1 shelfmark: A proxy in front of http://127.0.0.1:PORT/graphql answered with HTTP 502; is the server running, and does the proxy let such requests pass?
    1 shelfmark: http://127.0.0.1:PORT/graphql responded with HTTP 200 and not with GraphQL; is the URL right?
    1 shelfmark: http://127.0.0.1:PORT/graphql responded with HTTP 302 and not with GraphQL; is the URL right?
    1 shelfmark: No server listens at http://127.0.0.1:PORT; is the server running, and is SHELFMARK_URL right?
    1 shelfmark: The server at http://registry.invalid cannot be reached (ENOTFOUND)."
  `);
});

test("without a token it uses one from the local key, for this machine only", async () => {
  const keys = await openLocalKeys(folder);
  await runCommand(["query", "-e", "{ half }"], { SHELFMARK_URL: url, SHELFMARK_DATA: folder });
  const token = authorization?.replace("Bearer ", "") ?? "";
  const viewer = await createTokenVerifier({ ...keys.trust, now: () => NOW }).verify(token);
  expect(viewer.actor.subject).toBe("local");
});
