import { beforeAll, expect, test } from "vitest";
import { useConsole } from "./console-browser.js";
import { fraud, makeTrackedRegistry, reportDeployment } from "./tracked-registry.js";

const web = useConsole();

beforeAll(async () => {
  await makeTrackedRegistry(web.send);
});

test("what runs stands against what should run, and a report changes it in place", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/deployments");
  const row = page.getByRole("row", { name: /^fraud/ });
  await row.getByText("drifted: should run v2").first().waitFor();
  await row.getByText("90%").waitFor();
  expect(await page.getByRole("button", { name: /^Drifted/ }).textContent()).toMatch(/2$/);
  expect(await page.getByRole("button", { name: /^Not healthy/ }).textContent()).toMatch(/1$/);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

  await reportDeployment(web.send, "prod-us", { running: [{ version: fraud(2) }] });
  await expect.poll(() => row.getByText("drifted: should run v2").count()).toBe(1);
  await expect.poll(() => page.getByRole("button", { name: /^Not healthy/ }).textContent()).toMatch(/0$/);
  expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);

  await page.getByRole("button", { name: /^Drifted/ }).click();
  await page.getByText("1 of 3 endpoints").waitFor();
  expect(new URL(page.url()).searchParams.get("only")).toBe("drifted");
  await page.context().close();
});

test("the history of an endpoint opens by its address", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/deployments?environment=canary");
  await page.getByText("1 of 3 endpoints").waitFor();
  await page.getByRole("button", { name: "scorer" }).click();
  const dialog = page.getByRole("dialog", { name: "canary/scorer" });
  await dialog.getByText("v1 90%, v2 10%").waitFor();
  expect(new URL(page.url()).searchParams.get("open")).not.toBeNull();
  await page.reload();
  await dialog.getByText("v1 90%, v2 10%").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.context().close();
});

test("a report that is older than it may be is stale", async () => {
  await reportDeployment(web.send, "edge", { running: [{ version: fraud(2) }], ttlSeconds: 1 });
  const { page } = await web.signIn({ subject: "ada" }, "/deployments?environment=edge");
  await expect
    .poll(async () => {
      await page.reload();
      await page.getByText(/of 4 endpoints/).waitFor();
      return page.getByText(/stale: reported/).count();
    })
    .toBe(1);
  await page.context().close();
});

test("a token that does not cover a model sees none of its deployments", async () => {
  const { page } = await web.signIn({ subject: "eve", models: ["other*"] }, "/deployments");
  await page.getByText("No environment has reported yet").waitFor();
  expect(await page.getByRole("button", { name: /^Drifted/ }).textContent()).toMatch(/0$/);
  await page.context().close();
});

test("the list of models counts all deployments beside those that drifted, and shows what serves before the challenger", async () => {
  for (const [alias, number] of [
    ["challenger", 1],
    ["champion", 2],
    ["a-b-test", 1],
  ] as const)
    await web.send(`mutation ($input: SetAliasInput!) { setAlias(input: $input) { __typename } }`, {
      input: { version: fraud(number), alias },
    });
  const { page } = await web.signIn({ subject: "ada" });
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "fraud", exact: true }) });
  await row.getByText("champion → v2 +2").waitFor();
  expect(await row.getByText(/drifted/).evaluate((badge) => badge.parentElement?.textContent)).toMatch(
    /^\d+1 drifted$/,
  );
  await page.context().close();
});
