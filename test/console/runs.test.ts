import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { useConsole } from "./console-browser.js";
import { logRun, makeTrackedRegistry } from "./tracked-registry.js";

const web = useConsole();
const ADA = { subject: "ada" };

beforeAll(async () => {
  await makeTrackedRegistry(web.send);
});

const names = (page: Page) => page.getByRole("row").locator("a.strong-link").allTextContents();

test("runs are filtered by params and metrics, sorted by a metric, and the address shows the same to others", async () => {
  const { page } = await web.signIn(ADA, "/runs?experiment=fraud-training");
  await page.getByText("2 runs").waitFor();
  expect(await names(page)).toEqual(["deeper", "first try"]);
  await page.getByRole("button", { name: "loss", exact: true }).last().click();
  await expect.poll(() => names(page)).toEqual(["first try", "deeper"]);
  await page.getByRole("button", { name: "loss", exact: true }).last().click();
  await expect.poll(() => names(page)).toEqual(["deeper", "first try"]);
  expect(await page.getByRole("columnheader", { name: "loss" }).getAttribute("aria-sort")).toBe("ascending");
  await page.getByRole("button", { name: "depth", exact: true }).last().click();
  await expect
    .poll(() => page.getByRole("columnheader", { name: "depth" }).getAttribute("aria-sort"))
    .toBe("descending");
  await expect.poll(() => names(page)).toEqual(["deeper", "first try"]);
  await page.getByRole("button", { name: "depth", exact: true }).last().click();
  await expect.poll(() => names(page)).toEqual(["first try", "deeper"]);
  await page.keyboard.press("/");
  await page.keyboard.type("loss < 0.3, depth = 8");
  await expect.poll(() => names(page)).toEqual(["deeper"]);

  const other = await web.signIn({ subject: "bob" }, new URL(page.url()).pathname + new URL(page.url()).search);
  await other.page.getByText("1 run", { exact: true }).waitFor();
  expect(await names(other.page)).toEqual(["deeper"]);
  await other.page.context().close();
  await page.context().close();
});

test("ticked runs are plotted: NaN and Infinity are shown as what they are", async () => {
  const { page } = await web.signIn(ADA, "/runs");
  await page.getByRole("checkbox", { name: "Plot or compare first try" }).check();
  await page.getByRole("checkbox", { name: "Plot or compare deeper" }).check();
  await page.getByRole("img", { name: /Curves of loss of 2 runs/ }).waitFor();
  const table = page.getByRole("group", { name: "Numbers of the curves" });
  expect(await table.getByRole("row", { name: /first try/ }).textContent()).toMatch(/0\.40\.40\.9× 1 NaN from step 2$/);
  expect(await table.getByRole("row", { name: /deeper/ }).textContent()).toMatch(
    /0\.10\.10\.8▲ 1 Infinity from step 1$/,
  );
  await page.getByRole("button", { name: "log x" }).click();
  await table.getByText("1 on no log axis from step 0").first().waitFor();
  expect(new URL(page.url()).searchParams.get("logX")).toBe("true");

  // a part of the axis is read in full, and stands in the address
  const plot = page.getByRole("img", { name: /Curves of loss/ }).locator(".u-over");
  await page.getByRole("button", { name: "log x" }).click();
  await table.getByText("on no log axis").waitFor({ state: "detached" });
  const box = await plot.boundingBox();
  if (!box) throw new Error("The chart is not on the screen.");
  await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.99, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Whole axis" }).waitFor();
  expect(new URL(page.url()).searchParams.get("from")).toBe("1");
  await page.context().close();
});

test("ticked runs are compared: what differs comes first, and another one can be the base", async () => {
  const { page } = await web.signIn(ADA, "/runs");
  await page.getByRole("checkbox", { name: "Plot or compare first try" }).check();
  await page.getByRole("checkbox", { name: "Plot or compare deeper" }).check();
  await page.getByRole("link", { name: "Compare" }).click();
  const params = page.getByRole("region", { name: "Params" });
  await expect
    .poll(() => params.getByRole("row").allTextContents())
    .toEqual(["Paramfirst trydeeper", "depth48", "seed77"]);
  const metrics = page.getByRole("region", { name: "Metrics" });
  expect(await metrics.getByRole("row", { name: /^loss/ }).textContent()).toBe("loss0.40.1-0.3");
  await page.getByRole("button", { name: "Compare with deeper" }).click();
  await expect.poll(() => metrics.getByRole("row", { name: /^loss/ }).textContent()).toBe("loss0.10.4+0.3");
  await page.getByRole("button", { name: "Only what differs" }).click();
  await expect.poll(() => params.getByRole("row").allTextContents()).toEqual(["Paramdeeperfirst try", "depth84"]);
  await page.getByRole("img", { name: /Curves of loss of 2 runs/ }).waitFor();
  await page.context().close();
});

test("ticked versions of a model are compared with their inputs", async () => {
  const { page } = await web.signIn(ADA, "/models/fraud");
  await page.getByRole("checkbox", { name: "Compare v2" }).check();
  await page.getByText("Tick another one to compare").waitFor();
  await page.getByRole("checkbox", { name: "Compare v1" }).check();
  await page.getByRole("link", { name: "Compare 2" }).click();
  await page.getByRole("heading", { name: "Versions of fraud, compared" }).waitFor();
  expect(await page.getByRole("row", { name: /^loss/ }).textContent()).toBe("loss0.10.4+0.3");
  const inputs = page.getByRole("region", { name: "Inputs" });
  await inputs.getByText("payments@2026-06 (training)").waitFor();
  expect(await inputs.getByText("all 1 equal").count()).toBe(1);
  await page.context().close();
});

test("a run that is logged appears in the table, and its page links what it read and made", async () => {
  const { page } = await web.signIn(ADA, "/runs");
  await page.getByText("2 runs").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await logRun(web.send, { runId: "run-3", name: "live one", depth: 5, losses: [0.3], dataset: "refunds" });
  await page.getByRole("link", { name: "live one" }).click();
  await page
    .getByRole("region", { name: "Inputs (1)" })
    .getByRole("link", { name: /refunds/ })
    .waitFor();
  await page.goto(`${web.origin}/runs/run-2`);
  await page.getByRole("region", { name: "Outputs (1)" }).getByRole("link", { name: "fraud v2" }).waitFor();
  await page.context().close();
});

test("a token that does not cover a run neither lists nor opens it", async () => {
  const eve = { subject: "eve", models: ["other*"] };
  const { page } = await web.signIn(eve, "/runs");
  await page.getByText("No runs yet").waitFor();
  await page.goto(`${web.origin}/runs/run-1`);
  await page.getByText("There is no run run-1").waitFor();
  await page.context().close();
});
