import { beforeAll, describe, expect, test } from "vitest";
import { seriousFindings, takeScreenshot, useConsole } from "./console-browser.js";
import { makeTrackedRegistry } from "./tracked-registry.js";

const web = useConsole();
const ADA = { subject: "ada" };
let ids: Awaited<ReturnType<typeof makeTrackedRegistry>>;

beforeAll(async () => {
  ids = await makeTrackedRegistry(web.send);
});

const listOf = (name: string, values: readonly string[]) => `${name}=${encodeURIComponent(JSON.stringify(values))}`;

const PAGES = [
  ["experiments", () => "/experiments", "1 experiment", ["ConsoleExperiments"]],
  ["runs", () => "/runs?experiment=fraud-training", "2 runs", ["ConsoleRuns"]],
  ["runs-plotted", () => `/runs?${listOf("runs", [ids.first, ids.second])}`, "1 NaN", ["ConsoleRuns", "ConsoleSeries"]],
  ["run", () => "/runs/run-1", "Latest value", ["ConsoleRun", "ConsoleSeries"]],
  [
    "compare",
    () => `/compare?${listOf("runs", [ids.first, ids.second])}`,
    "1 of 2 differ",
    ["ConsoleComparedRuns", "ConsoleSeries"],
  ],
  ["deployments", () => "/deployments", "3 of 3 endpoints", ["ConsoleDeployments"]],
  ["deployment", () => `/deployments?open=${ids.drifted}`, "Follows", ["ConsoleDeployments", "ConsoleDeployment"]],
  ["datasets", () => "/lineage", "1 dataset", ["ConsoleDatasets"]],
  ["lineage", () => `/lineage?of=${ids.dataset}`, "in PRODUCTION", ["ConsoleLineage"]],
] as const;

test.each(PAGES)("the page %s asks once for its first content", async (_name, path, text, expected) => {
  const { page, operations } = await web.signIn(ADA, path());
  await page.getByText(text).first().waitFor();
  await page.waitForLoadState("networkidle");
  expect([...operations].sort()).toEqual([...expected].sort());
  await page.context().close();
});

const LOOKS = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
] as const;

describe.each(LOOKS)("$colorScheme at $width px", ({ colorScheme, width }) => {
  test("is accessible, fits the screen, and is kept as a picture", async () => {
    const { page } = await web.signIn(ADA, "/", { colorScheme, viewport: { width, height: 860 } });
    for (const [name, path, text] of PAGES) {
      await page.goto(web.origin + path());
      await page.getByText(text).first().waitFor();
      await page.waitForLoadState("networkidle");
      await takeScreenshot(page, `${name}-${width}-${colorScheme}`);
      expect(await seriousFindings(page), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), name).toBe(true);
    }
    await page.context().close();
  });
});

test.each([
  ["ge", "Experiments"],
  ["gr", "All runs"],
  ["gd", "Deployments"],
  ["gl", "Lineage"],
])("the keys %s lead to %s", async (keys, heading) => {
  const { page } = await web.signIn(ADA);
  await page.getByText("1 model").waitFor();
  await page.keyboard.type(keys);
  await page.getByRole("heading", { name: heading }).waitFor();
  await page.context().close();
});

test.each([
  ["/experiments", "runs:read"],
  ["/runs", "runs:read"],
  ["/runs/run-1", "runs:read"],
  ["/deployments", "models:read"],
  ["/lineage", "runs:read"],
])("%s says that %s is missing", async (path, scope) => {
  const { page } = await web.signIn({ subject: "guest", scopes: ["checks:write"] }, path);
  await page.getByRole("alert").getByText(scope).first().waitFor();
  await page.context().close();
});
