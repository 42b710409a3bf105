import { expect, test } from "vitest";
import { startTcpProxy } from "../support/process/tcp-proxy.js";
import { useConsole } from "./console-browser.js";
import { createVersion } from "./small-registry.js";

const web = useConsole();

test("what happened while the server was out of reach arrives afterwards, without a reload", async () => {
  await createVersion(web.send, "churn", 0.8);
  const proxy = await startTcpProxy({ host: "127.0.0.1", port: Number(new URL(web.origin).port) });
  const { page, problems } = await web.open();
  await page.goto(`http://127.0.0.1:${proxy.port}/#token=${await web.tokenOf({ subject: "ada" })}`);
  await page.getByText("Live", { exact: true }).waitFor();
  const row = page.getByRole("row", { name: /^churn/ });
  await row.getByText("v1", { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

  await proxy.cut();
  await page.getByText("Offline: trying again").waitFor();
  await createVersion(web.send, "churn", 0.85);
  await createVersion(web.send, "fraud", 0.9);
  await proxy.restore();

  await page.getByText("Live", { exact: true }).waitFor();
  await row.getByText("v2", { exact: true }).waitFor();
  await page.getByRole("link", { name: "fraud", exact: true }).waitFor();
  expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);
  // the browser itself reports each attempt to connect
  expect(problems.filter((problem) => !/WebSocket connection to/.test(problem))).toEqual([]);
  problems.length = 0;
  await page.context().close();
  await proxy.cut();
});
