import { beforeAll, expect, test } from "vitest";
import { fillBigRegistry } from "../../support/database/big-registry.js";
import { useConsole } from "../console-browser.js";
import { createVersion } from "../small-registry.js";

const web = useConsole();
const ADA = { subject: "ada" };
const REQUESTS = 17;
/** A screen of rows and those beyond it, with the two that stand for all others. */
const MAX_ROWS = 60;

beforeAll(async () => {
  await fillBigRegistry(web.database.pool, { models: 10_000, versionsOfFirst: 5_000, versionsOfOthers: 0 });
});

test("10 000 models scroll by pages, of which the rows on the screen exist", async () => {
  const { page, operations } = await web.signIn(ADA, "/?order=name");
  await page.getByText("10,000 models").waitFor();
  const table = page.getByRole("region", { name: "Models" });
  const rows = table.locator("tbody tr");
  expect(await table.getByRole("table").getAttribute("aria-rowcount")).toBe("10001");
  for (let pages = 1; pages <= 6; pages++) {
    await expect.poll(() => table.evaluate((element) => element.scrollHeight)).toBeGreaterThan(pages * 50 * 50);
    await table.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    const last = `m-${String(pages * 50).padStart(5, "0")}`;
    await table.getByRole("link", { name: last, exact: true }).waitFor();
    expect(await rows.count()).toBeLessThanOrEqual(MAX_ROWS);
  }
  await page.waitForLoadState("networkidle");
  expect(operations).toEqual(Array.from({ length: 7 }, () => "ConsoleModels"));

  await page.locator("[data-shortcut='/']").fill("m-09999");
  await page.getByText("1 model", { exact: true }).waitFor();
  expect(await rows.count()).toBe(1);
  await page.context().close();
});

test("5 000 versions of a model are read by pages, each with one request", async () => {
  const { page, operations } = await web.signIn(ADA, "/models/m-00001");
  await page.getByText("Versions (5,000)").waitFor();
  const versions = page
    .getByRole("table")
    .locator("tbody")
    .getByRole("link", { name: /^v\d+$/ });
  await expect.poll(() => versions.count()).toBe(50);
  for (const count of [150, 250]) {
    await page.getByRole("button", { name: "Show 100 more" }).click();
    await expect.poll(() => versions.count()).toBe(count);
  }
  await page.getByRole("link", { name: "v4751", exact: true }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(operations).toEqual(["ConsoleModel", "ConsoleMoreVersions", "ConsoleMoreVersions"]);
  await page.context().close();
});

test("an inbox of more than a page goes on, and what is on its later pages is reviewed there", async () => {
  const rules = [{ approvals: { quorum: 1 } }];
  await web.send(`mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { revision } }`, {
    input: { name: "churn-gate", selector: { models: ["churn"] }, target: { stages: ["STAGING"] }, rules },
  });
  for (let number = 1; number <= REQUESTS; number++) {
    await createVersion(web.send, "churn", 0.5 + number / 100);
    await web.send(`mutation ($input: RequestPromotionInput!) { requestPromotion(input: $input) { request { id } } }`, {
      input: { version: { number: { model: "churn", number } }, target: { stage: "STAGING" }, reason: `no. ${number}` },
    });
  }
  const { page, operations } = await web.signIn(
    { subject: "rita", scopes: ["models:read", "runs:read", "stages:approve"] },
    "/approvals",
  );
  const inbox = page.getByRole("region", { name: "My inbox" });
  await inbox.getByText(`My inbox (${REQUESTS})`).waitFor();
  expect(await inbox.getByRole("article").count()).toBe(15);
  await inbox.getByRole("button", { name: "Show 15 more" }).click();
  await expect.poll(() => inbox.getByRole("article").count()).toBe(REQUESTS);
  expect(operations).toEqual(["ConsoleApprovals", "ConsoleMorePending"]);
  const last = inbox.getByRole("article", { name: `churn v${REQUESTS} → STAGING` });
  await last.getByRole("button", { name: "Approve" }).click();
  await last.waitFor({ state: "detached" });
  await page.context().close();
});
