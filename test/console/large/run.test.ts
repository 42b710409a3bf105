import { beforeAll, expect, test } from "vitest";
import { fillBigRun } from "../../support/database/big-run.js";
import { useConsole } from "../console-browser.js";

const web = useConsole();
const SIZE = { metrics: 200, longCurves: 10, points: 100_000 };
const MAX_ROWS = 40;

beforeAll(async () => {
  await web.send(
    `mutation { createRun(input: { experiment: { name: "large" }, createExperiment: true, runId: "large-run" }) { run { id } } }`,
  );
  await fillBigRun(web.database.pool, "large-run", SIZE);
});

test("a run with 200 metrics, ten of them of 100 000 values, draws curves from a sample of the server", async () => {
  const { page, operations } = await web.signIn({ subject: "ada" }, "/runs/large-run");
  const answers: number[] = [];
  page.on("response", async (response) => {
    if (response.url().endsWith("/graphql")) answers.push((await response.body()).length);
  });
  await page.getByRole("img", { name: "Curves of m-001 of 1 run;" }).waitFor();
  await page.getByText("Drawn from a sample of 100,000 values that keeps each peak.").waitFor();
  const table = page.getByRole("region", { name: "Latest values" });
  expect(await table.getByRole("table").getAttribute("aria-rowcount")).toBe("201");
  await table.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await table.getByRole("button", { name: "m-200" }).waitFor();
  expect(await table.locator("tbody tr").count()).toBeLessThanOrEqual(MAX_ROWS);

  await page.keyboard.press("/");
  await page.keyboard.type("m-01");
  await expect.poll(() => table.locator("tbody tr").count()).toBe(10);
  await table.getByRole("button", { name: "m-010" }).click();
  await page.getByRole("img", { name: "Curves of m-010" }).waitFor();
  const numbers = page.getByRole("group", { name: "Numbers of the curves" });
  expect(await numbers.getByRole("row", { name: /large-run/ }).textContent()).toMatch(/0\.000010\.000011–$/);
  const { searchParams } = new URL(page.url());
  expect([searchParams.get("metrics"), searchParams.get("key")]).toEqual(["m-01", "m-010"]);
  await page.keyboard.press("/");
  await page.getByLabel("Filter the metrics by name").fill("none");
  await page.getByText("No metric has “none” in its name.").waitFor();
  expect(new Set(operations)).toEqual(new Set(["ConsoleRun", "ConsoleSeries"]));
  expect(Math.max(...answers)).toBeLessThan(200_000);
  await page.context().close();
});
