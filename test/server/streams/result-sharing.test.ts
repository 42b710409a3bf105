import { type ExecutionResult, GraphQLError, type GraphQLObjectType, parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { schema } from "../../../src/graphql/schema.js";
import { ResultSharing, SharedReads } from "../../../src/server/streams/result-sharing.js";
import type { StreamMessage } from "../../../src/store/events/event-stream.js";
import { type As, type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { openSse } from "../../support/transports.js";
import { WRITER } from "../../support/writer.js";

let server: TestServer;
let resolved = 0;
let restore: () => void;
beforeAll(async () => {
  server = await startTestServer();
  const field = (schema.getType("ModelRenamedEvent") as GraphQLObjectType).getFields().previousName;
  const resolve = field?.resolve;
  if (!field || !resolve) throw new Error("There is no such field.");
  field.resolve = (...args) => {
    resolved++;
    return resolve(...args);
  };
  restore = () => {
    field.resolve = resolve;
  };
  await server.data('mutation { registerModel(input: { name: "zz-0" }) { model { id } } }');
});
afterAll(async () => {
  restore();
  await server.stop();
});

const PURE = `subscription ($after: String, $name: Boolean = true) { registryEvents(after: $after) {
  cursor event { ... on ModelRenamedEvent { modelName @include(if: $name) previousName } }
} }`;
const READING = PURE.replace("previousName", "previousName model { name }");
const READER: As = { subject: "reader", scopes: ["models:read"] };

let renames = 0;
async function rename(): Promise<{ modelName: string; previousName: string }> {
  const [previousName, modelName] = [`zz-${renames}`, `zz-${++renames}`];
  await server.data(
    `mutation { renameModel(input: { model: { name: "${previousName}" }, newName: "${modelName}" }) { model { id } } }`,
  );
  return { modelName, previousName };
}

/** The event of the next message that has a rename. */
async function nextEvent(stream: { next(): Promise<GraphQLAnswer | null> }) {
  for (;;) {
    const message = await stream.next();
    if (!message?.data) throw new Error(`The stream has ended: ${JSON.stringify(message)}`);
    const { event } = message.data.registryEvents;
    if (event?.previousName !== undefined) return event;
  }
}

/** What each subscriber receives of one rename, and how often its field was resolved for all of them. */
async function watch(document: string, subscribers: readonly (readonly [As, object])[]) {
  const streams = await Promise.all(
    subscribers.map(async ([as, variables]) => openSse(server.url, await server.token(as), document, variables)),
  );
  await Promise.all(streams.map((stream) => stream.next()));
  resolved = 0;
  const renamed = await rename();
  const received = await Promise.all(streams.map(nextEvent));
  for (const stream of streams) stream.leave();
  return { renamed, received, resolved };
}

test("a message is executed once for all subscriptions of one document by one viewer, wherever they start", async () => {
  const { cursor } = (await server.data("{ head { cursor } }")).head;
  const many = [{}, { after: cursor }, {}].map((variables) => [READER, variables] as const);
  const { renamed, received, resolved } = await watch(PURE, many);
  expect(received).toEqual(many.map(() => renamed));
  expect(resolved).toBe(1);
});

test("and for no others: other claims, other variables, another subject or another document get their own results", async () => {
  const { renamed, received, resolved } = await watch(PURE, [
    [READER, {}],
    [{ ...READER, models: ["zz-2"] }, {}],
    [{ ...READER, models: ["zz-*"] }, {}],
    [READER, { name: false }],
    [{ ...READER, subject: "another" }, {}],
    [READER, {}],
  ]);
  const { modelName, previousName } = renamed;
  const hidden = { modelName, previousName: null };
  expect(received).toEqual([renamed, hidden, renamed, { previousName }, renamed, renamed]);
  expect(resolved).toBe(5);
});

test("a result from the database is read again for later messages, and once for all that wait at the same time", async () => {
  const many = Array.from({ length: 20 }, () => [READER, {}] as const);
  const { renamed, received, resolved } = await watch(READING, [...many, [{ ...READER, subject: "another" }, {}]]);
  expect(received).toEqual([...many, null].map(() => ({ ...renamed, model: { name: renamed.modelName } })));
  expect(resolved).toBeGreaterThan(1);
  expect(resolved).toBeLessThan(8);
});

test("a variable that is null differs from an absent one, which has its default", () => {
  const document = parse("subscription ($id: Boolean = true) { registryEvents { event { id @include(if: $id) } } }");
  const group = (variableValues: Record<string, unknown>) =>
    new ResultSharing().join({ schema, document, operationName: null, variableValues }, WRITER).key;
  expect(group({})).toBe(group({}));
  expect(new Set([group({}), group({ id: null }), group({ id: true })]).size).toBe(3);
});

test("viewers whose groups differ do not share results", () => {
  const document = parse("subscription { registryEvents { cursor } }");
  const group = (...groups: string[]) =>
    new ResultSharing().join({ schema, document, operationName: null, variableValues: {} }, { ...WRITER, groups }).key;
  expect(group("risk")).toBe(group("risk"));
  expect(new Set([group(), group("risk"), group("risk", "ml")]).size).toBe(3);
});

test("a result that was read before a message arrived is not reused for it", async () => {
  const reads = new SharedReads();
  const [message, other] = ["a", "b"].map((id) => ({ cursor: id, event: { id } })) as unknown as StreamMessage[];
  if (!message || !other) throw new Error("There are two.");
  const early = reads.arrive();
  let finish = (_result: ExecutionResult) => {};
  const reading = reads.read(message, () => new Promise((resolve) => (finish = resolve)));
  const late = reads.arrive();
  finish({ data: { name: "as it was" } });
  await reading;
  expect(reads.findSince(early, message)).toEqual({ data: { name: "as it was" } });
  expect(reads.findSince(early, other)).toBeNull();
  expect(reads.findSince(late, message)).toBeNull();
  await reads.read(message, () => ({ errors: [new GraphQLError("no")] }));
  expect(reads.findSince(late, message)).toBeNull();
  await reads.read(message, () => ({ data: { name: "as it is" } }));
  expect(reads.findSince(late, message)).toEqual({ data: { name: "as it is" } });
  reads.leave();
  reads.leave();
  expect(reads.findSince(early, message)).toBeNull();
});
