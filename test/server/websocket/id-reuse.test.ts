import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type HeldField, holdField } from "../../support/hold-field.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, type Socket } from "../../support/transports.js";

let server: TestServer;
let socket: Socket;
let slow: HeldField;
beforeAll(async () => {
  server = await startTestServer();
  slow = holdField("Query", "viewer");
  await server.data('mutation { registerModel(input: { name: "m-0" }) { model { id } } }');
  socket = await openSocket(server.url, await server.token());
});
afterEach(() => slow.release());
afterAll(async () => {
  slow.restore();
  await socket.close();
  await server.stop();
});

const RENAMES = "subscription { registryEvents { cursor event { ... on ModelRenamedEvent { modelName } } } }";
const SLOW = "{ viewer { actor { subject } } }";
const complete = (id: string) => socket.send({ id, type: "complete" });
const nameOf = async (id: string) => (await socket.nextFor(id)).payload?.data?.registryEvents.event?.modelName;
/** Resolves once the server has read everything that was sent so far. */
const processed = () => socket.answer("processed", "{ __typename }");
const asked = (count: number) => expect.poll(slow.asked).toBe(count);

let renames = 0;
async function rename(): Promise<string> {
  const [previous, name] = [`m-${renames}`, `m-${++renames}`];
  await server.data(
    `mutation { renameModel(input: { model: { name: "${previous}" }, newName: "${name}" }) { model { id } } }`,
  );
  return name;
}

test("a stream under a reused id does not receive the complete message of the one before", async () => {
  socket.subscribe("s", RENAMES);
  expect(await nameOf("s")).toBeUndefined();
  for (let round = 0; round < 3; round++) {
    complete("s");
    socket.subscribe("s", RENAMES);
    expect(await socket.nextFor("s")).toMatchObject({
      type: "next",
      payload: { data: { registryEvents: { event: null } } },
    });
  }
  const name = await rename();
  expect(await nameOf("s")).toBe(name);
  complete("s");
});

test("an operation under a reused id receives neither the result nor the end of the one before", async () => {
  socket.subscribe("q", SLOW);
  await asked(1);
  complete("q");
  socket.subscribe("q", "{ __typename }");
  await processed();
  slow.release();
  expect(await socket.nextFor("q")).toMatchObject({
    id: "q",
    type: "next",
    payload: { data: { __typename: "Query" } },
  });
  expect(await socket.nextFor("q")).toEqual({ id: "q", type: "complete" });
});

test("an operation that is completed before it begins has no messages", async () => {
  socket.subscribe("w", SLOW);
  await asked(1);
  complete("w");
  socket.subscribe("w", RENAMES);
  complete("w");
  await processed();
  slow.release();
  await rename();
  socket.subscribe("w", "{ __typename }");
  expect(await socket.nextFor("w")).toMatchObject({
    id: "w",
    type: "next",
    payload: { data: { __typename: "Query" } },
  });
  expect(await socket.nextFor("w")).toEqual({ id: "w", type: "complete" });
});

test("two operations under one id close their socket, also while an older one is still ending", async () => {
  const other = await openSocket(server.url, await server.token());
  other.subscribe("d", SLOW);
  await asked(1);
  other.send({ id: "d", type: "complete" });
  other.subscribe("d", RENAMES);
  other.subscribe("d", RENAMES);
  expect(await other.closed).toEqual({ code: 4409, reason: "Subscriber for d already exists" });
  for (const id of ["d", "\u00e9".repeat(200)]) {
    const twice = await openSocket(server.url, await server.token());
    twice.subscribe(id, RENAMES);
    twice.subscribe(id, RENAMES);
    const { code, reason } = (await twice.closed) as { code: number; reason: string };
    expect([code, reason]).toEqual([4409, expect.stringMatching(/^Subscriber for (d already exists|\u00e9{54})$/)]);
  }
});
