import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { raw } from "../support/transports.js";
import { useConsole } from "./console-browser.js";
import { makeTrackedRegistry } from "./tracked-registry.js";

const web = useConsole();
const ADA = { subject: "ada" };
let experiment: number;

beforeAll(async () => {
  await makeTrackedRegistry(web.send);
  const { experiments } = await web.send<{ experiments: { nodes: { number: number }[] } }>(
    "{ experiments { nodes { number } } }",
  );
  experiment = experiments.nodes[0]?.number ?? -1;
});

/** A tab that is signed in, as that of somebody who clicks on a link in a terminal. */
async function openLink(path: string): Promise<Page> {
  const { page } = await web.signIn(ADA);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.goto("about:blank");
  await page.goto(web.origin + path);
  return page;
}

test.each(["/mlflow/", "/mlflow", "/"])("the links of MLflow's client at %s open the same here", async (root) => {
  for (const [link, place, heading] of [
    [`#/experiments/${experiment}/runs/run-1`, "/runs/run-1", "first try"],
    [`#/experiments/${experiment}/runs/run-1/artifacts`, "/runs/run-1", "first try"],
    [`#/experiments/${experiment}`, "/runs?experiment=fraud-training", "fraud-training"],
    ["#/models/fraud/versions/2", "/models/fraud/versions/2", "v2"],
    ["#/models/fraud", "/models/fraud", "fraud"],
  ] as const) {
    const page = await openLink(root + link);
    await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    expect(page.url()).toBe(web.origin + place);
    await page.context().close();
  }
});

test("who is not signed in comes to the place of the link after that", async () => {
  const { page } = await web.open();
  await page.goto(`${web.origin}/mlflow/#/experiments/${experiment}/runs/run-1`);
  await page.getByLabel("Token").fill(await web.tokenOf(ADA));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "first try" }).waitFor();
  await page.context().close();
});

test("an experiment that is hidden or not there is not there, and clients of the API are not redirected", async () => {
  const { page } = await web.signIn({ subject: "eve", models: [] }, `/experiments/${experiment}`);
  await page.getByRole("heading", { name: `There is no experiment ${experiment}` }).waitFor();
  await page.goto(`${web.origin}/experiments/x`);
  await page.getByRole("heading", { name: "There is no experiment x" }).waitFor();
  await page.context().close();
  const answer = await raw(web.url, { method: "GET", path: "/mlflow/", headers: { accept: "application/json" } });
  expect([answer.status, JSON.parse(answer.body).error_code]).toEqual([404, "ENDPOINT_NOT_FOUND"]);
});

test("the menu says in which section a page is, and /admin leads to its first page", async () => {
  const { page } = await web.signIn(ADA, "/admin");
  await page.getByRole("heading", { name: "Administration" }).waitFor();
  expect(page.url()).toBe(`${web.origin}/admin/webhooks`);
  const current = page.getByRole("navigation", { name: "Main" }).locator("[aria-current]");
  for (const [path, section] of [
    ["/", "Models"],
    ["/?q=fraud", "Models"],
    ["/models/fraud", "Models"],
    ["/models/fraud/versions/1", "Models"],
    ["/approvals", "Approvals"],
    ["/runs", "Experiments"],
    ["/runs/run-1", "Experiments"],
    ["/compare", "Experiments"],
    ["/deployments?only=drifted", "Deployments"],
    ["/lineage", "Lineage"],
    ["/admin/audit", "Administration"],
    ["/promotions/1", "Administration"],
  ] as const) {
    await page.goto(web.origin + path);
    await expect.poll(() => current.allTextContents(), { message: path }).toEqual([section]);
  }
  await page.context().close();
});
