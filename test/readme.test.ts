import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "./support/server.js";

interface Example {
  readonly document: string;
  /** The answer that the README shows below, if it shows one. */
  readonly answer: unknown;
}

const BLOCK = /```graphql\n([\s\S]*?)```([\s\S]*?)(?=```)(?:```json\n([\s\S]*?)```)?/g;

function readExamples(): Example[] {
  const readme = readFileSync("README.md", "utf8");
  return [...readme.matchAll(BLOCK)].map(([, document = "", , answer]) => ({
    document,
    answer: answer === undefined ? undefined : JSON.parse(answer),
  }));
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("every operation of the README works, in its order, and answers what the README shows", async () => {
  const examples = readExamples();
  expect(examples.map(({ document }) => /^\w+/.exec(document)?.[0])).toEqual([
    "mutation",
    "mutation",
    "query",
    "subscription",
    "mutation",
    "mutation",
    "query",
    "query",
    "query",
    "query",
    "mutation",
  ]);
  for (const { document, answer } of examples) {
    if (document.startsWith("subscription")) {
      const messages = server.watch(document);
      expect((await messages.next()).value.data.stageChanged.event).toBeNull();
      expect((await messages.next()).value.data.stageChanged.event).toEqual(answer);
      await messages.return?.();
      continue;
    }
    const data = await server.data(document);
    if (answer !== undefined) expect(data).toEqual(answer);
  }
});

/** What `shelfmark watch` tells its command is no setting. */
const TOLD_TO_COMMANDS = ["MODEL", "VERSION", "STAGE", "ALIAS", "DIGEST", "SOURCE", "FROM", "TO", "CURSOR"];

test("every environment variable of the README is one that the server knows, and the other way round", async () => {
  const { KNOWN_VARIABLES } = await import("../src/config/variables.js");
  const readme = readFileSync("README.md", "utf8");
  const named = new Set(readme.match(/\b(?:SHELFMARK_[A-Z_]+[A-Z]|OTEL_[A-Z_]+[A-Z]|DATABASE_URL|LOG_LEVEL)\b/g));
  for (const name of TOLD_TO_COMMANDS) expect(named.delete(`SHELFMARK_${name}`), name).toBe(true);
  const known = [...KNOWN_VARIABLES].filter((name) => !name.startsWith("SHELFMARK_LIMIT"));
  expect([...named].filter((name) => !name.startsWith("SHELFMARK_LIMIT")).sort()).toEqual(
    known.filter((name) => name !== "HOST" && name !== "PORT").sort(),
  );
});
