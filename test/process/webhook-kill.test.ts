import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import { killServerProcesses, startServerProcess } from "../support/process/server-process.js";
import { type Receiver, startReceiver, verify } from "../webhooks/receiver.js";

let home: Home;
let receiver: Receiver;
beforeEach(async () => {
  home = await makeHome("migrated");
  receiver = await startReceiver();
});
afterEach(async () => {
  await killServerProcesses();
  await receiver.stop();
  await home.remove();
});

test("changes acknowledged before kill -9, while the receiver was down, are delivered in order after the restart", async () => {
  const first = await startServerProcess(home.env);
  const { createWebhook } = await first.data(
    `mutation { createWebhook(input: { url: "${receiver.url}", where: { types: ["model.registered"] } }) { secret } }`,
  );
  const { port } = receiver;
  await receiver.stop();
  const names = ["a", "b", "c", "d", "e"];
  for (const name of names) await first.data(`mutation { registerModel(input: { name: "${name}" }) { created } }`);
  await first.kill("SIGKILL");
  receiver = await startReceiver({ port });
  await startServerProcess(home.env);
  const received = await receiver.until(names.length);
  expect(received.map(({ body }) => body.data.model.name)).toEqual(names);
  expect(
    received.every((one) => verify(one, createWebhook.secret, new Date())),
    "signed with the same key",
  ).toBe(true);
});
